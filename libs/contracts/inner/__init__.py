"""What the services say to each other over HTTP, said once: paths, bodies and answers, for both sides and the fakes.

paths.py      where to ask, and the header that names the tenant
problems.py   how a service refuses
documents.py  a document as it is shown
matching.py   scores, matches, searches, erasures, spaces
asking.py     who asks for a score
score_log.py  which scores were shown, to whom
embedding.py  vectors of queries, and the test embedding
health.py     what a service says of its own parts

The gateway shows most of these to its callers as they are, so docs/openapi.json is made from the same structs.
Readers ignore fields they do not know: services of two versions run side by side while one is replaced.
"""
