/* Domains, servers, mailboxes and files as people name them on the command line. */
#ifndef EXDIAG_COMMAND_OPTION_SUBJECTS_H
#define EXDIAG_COMMAND_OPTION_SUBJECTS_H

#include "diag/command/options.h"

/*
 * Appends the canonical name of a domain or host that people wrote, in any script: its
 * A-labels, folded. STATUS_INVALID for what is no such name.
 */
enum status options_canonical_name(const char *text, struct buffer *name);

/* The canonical name or address of a host that people wrote, in the options' memory; NULL for what
 * is neither. */
const char *options_host_name(struct options *options, const char *text);

/* Adds a subject as the user wrote it, made canonical; STATUS_INVALID after a message. */
enum status options_add_subject(struct options *options, enum subject_kind kind, const char *text);

/* The names of the subjects of this kind. To be freed; the names are the options'. */
const char **options_names(const struct options *options, enum subject_kind kind, size_t *count);

/*
 * Adds a bare argument. Where it is a subject, a file is a file, an IP address a server, what
 * has an @ a mailbox and a name with a dot a domain; other commands find it among the words.
 * STATUS_INVALID after a message.
 */
enum status options_add_bare(struct options *options, const char *text);

#endif
