"""What the command line does besides serving: fine-tuning, comparing, benchmarks, and what they print."""
