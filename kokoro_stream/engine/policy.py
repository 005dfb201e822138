"""How many jobs run at once, which of them has to make room, and how long windows are. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .schedule import Job, Turn

GAIN_S = 0.15  # a stopped job holds its thread for up to 92 ms more: stopping must free clearly more than that
MOST_RERUNS = 2  # of one job; work done twice is lost to everybody

KEEPING_UP = 0.8  # of the audio a listener has may pass while his next window is made
MOST_OTHERS = (
    0.75  # of the machine is taken to be with others: or a first window would never be short enough to wait for
)


def may_join(running: Mapping[Job, float], wanted: Turn, *, slots: int, now: float) -> bool:
    """``wanted`` may begin beside the running jobs, each of which still needs so many seconds of the whole machine.

    One speech alone has the machine to itself, one job at a time: each uses all threads, and its windows follow from
    one another. Jobs of several may share it, up to ``slots`` of them, unless somebody waits for one of them: side by
    side, all of them may take as long as they would one behind the other.
    """
    if not running:
        return True
    if len(running) >= slots or {job.owner for job in running} == {wanted.owner}:
        return False
    done_at = now + sum(running.values()) + wanted.seconds
    return all(wanted.priority == "bulk" if job.priority == "bulk" else job.deadline >= done_at for job in running)


def victim(running: Mapping[Job, float], wanted: Turn, now: float) -> Job | None:
    """The job to stop and run again later, so that ``wanted`` can run now; None when nothing would be gained.

    ``running`` has the seconds of the whole machine that each job still needs, as far as one can tell. Only a job that
    is not half done is stopped, and that either is bulk or has time to begin anew behind the wanted one.
    """

    def has_time(job: Job) -> bool:
        return job.priority == "bulk" or job.deadline >= now + GAIN_S + wanted.seconds + job.seconds

    def gains(job: Job, left: float) -> bool:
        return left > max(GAIN_S, job.seconds / 2) and job.reruns < MOST_RERUNS

    if wanted.priority == "bulk":
        return None
    willing = [job for job, left in running.items() if gains(job, left) and has_time(job)]
    return max(willing, key=lambda job: (job.priority == "bulk", job.deadline), default=None)


def decoding_rate(cost: float, others: float) -> float:
    """Frames a second that are decoded for one of several speeches.

    ``cost`` is seconds of the whole machine for a frame, ``others`` the part of it that the other speeches need.
    """
    return (1 - min(others, MOST_OTHERS)) / max(cost, 1e-9)


def frames_in_time(lead: float, rate: float, toll: float) -> int:
    """How many frames, and their context that takes as long as ``toll`` do, can be decoded at ``rate`` and be in time.

    ``lead`` is the seconds of audio that the listener has; 0 or less if he waits.
    """
    return max(0, int(max(lead, 0) * KEEPING_UP * rate - toll))
