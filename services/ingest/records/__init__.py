"""What a record of the submitted topic asks for, and which records of a batch are worked on."""
