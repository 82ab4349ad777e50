"""What the operations pages draw, one module per page; `shared` is what several of them need."""
