"""The measurements that a pair's score is made of."""
