"""What the forecast pages draw; `shared` runs races and keeps what they found."""
