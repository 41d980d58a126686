"""What of a resume is copied, repeated or listed, so that it should not count as something the person has done."""
