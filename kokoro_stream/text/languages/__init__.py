"""Numbers, dates, money, units and signs → words, in the languages beside English. One language a file."""
