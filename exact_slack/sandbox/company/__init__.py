"""The invented wholesaler: its people, books and documents."""
