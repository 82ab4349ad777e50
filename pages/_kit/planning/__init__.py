"""What the staffing, scenarios and shifts pages draw; `shared` is what several of them need."""
