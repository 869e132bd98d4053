"""What `view joint` is made of: the joint that fits the examination, and curves as a document holds them."""
