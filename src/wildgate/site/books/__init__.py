"""The books: whether all that the database and the home folder say of each other is true."""
