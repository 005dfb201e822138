"""A reply with what replies are made of: a list, a price, a date, an abbreviation, an emoji, a URL, a code span."""

REPLY = """\
Sure! 😀 Here is your plan for **Friday, May 15**:

- Meet Dr. Osei at 9:45 a.m. in room 12
- Lunch at *Luna*, about $24.50 each, e.g. the soup
- Run `make demo` and send the result to the team

The tickets are at https://example.com/tickets. Shall I book two of them?
"""
