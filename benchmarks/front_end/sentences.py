# ruff: noqa: E501  # one sentence a line
"""Assistant talk of fixed lengths, written for this benchmark."""

FIVE_WORDS = (
    "The kitchen light is on.", "It is seven degrees outside.", "Your timer has just ended.", "I found three new emails.",
    "Sure, let me check that.", "The door is locked now.", "That costs about twelve dollars.", "Playing jazz in the office.",
    "Your flight leaves at noon.", "Please restart the Docker container.", "Paris is lovely in May.", "I read the whole report.",
    "The washing machine has finished.", "There is no meeting today.", "Remember to close the window.", "Nobody has called this morning.",
    "Yes, you can use Python.", "The result is just forty-two.", "Dinner is ready by six.", "Good night, sleep well, Anna.",
)  # fmt: skip
TWENTY_WORDS = (
    "The train to Boston leaves at 7:45 from platform nine, so you should be at the station around half past.",
    "I have set the living room thermostat to 68 degrees and will lower it again after you leave for work.",
    "To make the sauce, melt two tablespoons of butter, stir in the flour, and slowly add a cup of milk.",
    "Your package was shipped on March 3rd and should arrive by Friday, unless the storm delays the driver in Denver again.",
    "The function reads the file line by line, parses each record as JSON, and returns a list of valid objects.",
    "According to the forecast it will rain until noon, then clear up with a light wind from the north west tonight.",
    "Mount Everest is 8,849 meters high, which makes it the tallest mountain above sea level, although Mauna Kea is taller overall.",
    "You can install the package with a single command, but make sure your virtual environment is active before you do that.",
    "The Roman Empire lasted, in one form or another, for more than two thousand years, ending with Constantinople in 1453.",
    "I would suggest comparing at least three quotes, because prices for the same repair can differ by 40% or even more.",
    "If the light on the router keeps blinking red, unplug it, wait for thirty seconds, and then plug it back in.",
    "She used to live in Chicago, where she led a team of twelve engineers who built tools for public transport companies.",
    "A healthy adult needs between seven and nine hours of sleep, and going to bed at the same time really helps.",
    "Kubernetes restarts the pod whenever its health check fails, so look at the logs of the previous container before deleting anything.",
    "The invoice for $1,250.00 is due on the 15th, and there is a two percent discount when you pay it early.",
    "Photosynthesis turns carbon dioxide and water into sugar and oxygen, using the energy that leaves absorb from the light around them.",
    "There are four events on your calendar tomorrow, the first one being a call with Dr. Patel at a quarter past nine.",
    "In short, the contract permits either party to end the agreement with ninety days of notice, provided it is in writing.",
    "The Wi-Fi password is on the back of the router, and the guest network turns itself off every night at eleven.",
    "When you mix blue and yellow paint you get green, but mixing blue and yellow light gives something close to white.",
    "Vincent van Gogh painted The Starry Night in June 1889, while he was staying at an asylum near the town of Saint-Rémy.",
    "Your battery is at 15%, so I have dimmed the screen and paused the backup until the laptop is charging again.",
    "The shortest route is 12 km along the river, though cycling through the park takes only a few minutes longer than that.",
    "GPT-4o and Claude can both summarize long documents, yet it is wise to check names, dates, and numbers for yourself.",
    "Add the onions and garlic, cook them over medium heat for about five minutes, and season with salt, pepper, and thyme.",
    "The error means that the server closed the connection early, which often happens when a proxy in between has timed out.",
    "Interest rates rose by half a point last quarter, and most analysts expect them to stay there until the end of 2026.",
    "I turned off the bedroom lamp, locked the front door, and set the alarm for six thirty, as you do on weekdays.",
    "Octopuses have three hearts, nine brains, and blue blood, and they are able to open jars from the inside or outside.",
    "For a beginner, running three times a week is plenty; rest days matter because muscles grow while you recover from exercise.",
)  # fmt: skip
SIXTY_WORDS = tuple(
    ", and ".join(sentence.rstrip(".") for sentence in three) + "."
    for three in zip(TWENTY_WORDS, TWENTY_WORDS[10:], TWENTY_WORDS[20:], strict=False)
)
BY_LENGTH = {5: FIVE_WORDS, 20: TWENTY_WORDS, 60: SIXTY_WORDS}
