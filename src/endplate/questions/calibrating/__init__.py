"""What the published studies teach: training runs, an emulator of them, and a sampler over what is shared."""
