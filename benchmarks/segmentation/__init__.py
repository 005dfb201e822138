"""Where sentences end: our segmenter beside the splitters that others feed their synthesisers with."""
