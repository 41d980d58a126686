"""PostgreSQL: connections, transactions, migrations, and the form in which vectors lie in a row."""
