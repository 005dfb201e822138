"""How ``kokoro_stream/phonemes/homographs.json.gz`` is made: which of a word's pronunciations its neighbours ask for.

``python -m training.homographs DATA OUT`` learns from the training split of the WikipediaHomographData (Gorman et al.,
Apache-2.0; its sentences are Wikipedia's, CC BY-SA, and are not in this repository) and from the sentences beside this
file. ``python -m training.homographs.score DATA`` scores it on sentences and on words that are left out in turn.
"""
