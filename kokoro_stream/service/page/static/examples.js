// Texts to try, each for something that is hard about speaking.

export const EXAMPLES = [
  {
    name: "An answer",
    text:
      "Your meeting has been moved. Dr. Alvarez expects you at 3:30 p.m. on Tuesday, on the second floor. " +
      "It is in your calendar 📅, and I can send everybody an invitation, if you like. " +
      "Cut in whenever you have heard enough: you will see exactly how far I came.",
  },
  {
    name: "Markdown, prices and links",
    text:
      "Here is what I found:\n\n" +
      "1. **Economy**: $24.50 a month, 500 GB.\n" +
      "2. **Family** 👨‍👩‍👧: $39.90, and [no contract](https://example.com/terms).\n" +
      "3. *Studio*: from €1.2k a year.\n\n" +
      "Prices hold until May 15; `Wi-Fi 6` is included.",
  },
  {
    name: "Which read is read?",
    text:
      "I read it yesterday, and you should read it too. The lead singer found the lead pipe. " +
      "They live near the hall where they play live. She will close the door, as it is close to midnight.",
  },
  {
    name: "A story",
    text:
      "The lighthouse keeper had not spoken aloud for eleven days. On the twelfth, a ship came so close that he could " +
      "see a child on deck, waving a yellow scarf. “Hello!” he called, and his own voice startled him. It was hoarse, " +
      "and older than he remembered. The child waved again.\n\nHe went down the stairs, all one hundred and ninety-nine " +
      "of them, and began to row.",
  },
];
