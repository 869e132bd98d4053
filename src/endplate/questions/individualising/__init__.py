"""What `individualise` is made of: visits read, copies weighed, forecasts told."""
