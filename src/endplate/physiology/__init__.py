"""What happens: the toxin's way from the needle to the scale, one stage a folder, arrays in, arrays out."""
