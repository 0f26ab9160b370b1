/*
 * What mail exchangers do, by name: the scripts behind `lab_smtp`, recordings and the
 * demonstration's world.
 */
#ifndef EXDIAG_TESTS_LAB_SMTP_BEHAVIOUR_H
#define EXDIAG_TESTS_LAB_SMTP_BEHAVIOUR_H

#include "tests/lab/smtp_peer.h"

/*
 * Makes `text`, BEHAVIOUR[:SECONDS][@NAME], the behaviour of a peer: "stall", "teaser:6",
 * "healthy-tls@mail.contoso.com", "drip:0.05". SECONDS are the pauses of a behaviour that has
 * some; NAME is what it greets with. What the peer needs lives in `arena`. STATUS_NOT_FOUND for
 * a name that is none, STATUS_INVALID for seconds that are none.
 */
enum status smtp_behaviour_read(const char *text, struct arena *arena, struct smtp_peer *peer);

/* Name and one line about it; false behind the last. */
bool smtp_behaviour_at(size_t index, const char **name, const char **summary);

#endif
