/*
 * A list of domains as people have them, read piece by piece: one a line, with blank
 * lines, comments (from a # at the beginning or behind white space), LF or CRLF, a byte
 * order mark, and addresses of pages and mailboxes in place of a domain.
 *
 * Memory is bounded whatever the list: of a line, DOMAIN_LINE_MOST bytes are looked at.
 */
#ifndef EXDIAG_READ_DOMAIN_LIST_H
#define EXDIAG_READ_DOMAIN_LIST_H

#include <stdbool.h>
#include <stddef.h>

enum { DOMAIN_LINE_MOST = 4096 };

/* A line that says something. It lives until the list is next called. */
struct domain_line {
    const char *text; /* without the white space around it and a comment; of a long line the head */
    size_t size;
    char
        *name; /* the domain in it, in any script and case, NUL-terminated; NULL if there is none */
    const char *fault; /* why there is none, or NULL */
};

/* A zeroed struct is the beginning of a list. */
struct domain_list {
    const char *at, *end; /* of the piece at hand */
    bool is_over;         /* no piece follows */
    bool is_begun;
    bool is_long; /* the line at hand is over DOMAIN_LINE_MOST */
    size_t size;
    char line[DOMAIN_LINE_MOST];
    char name[DOMAIN_LINE_MOST + 1];
};

/*
 * The next line, or false where more bytes are needed: domain_list_add() gives them.
 * Whether `name` is a name that the DNS can hold is not judged here.
 */
bool domain_list_next(struct domain_list *list, struct domain_line *out);

/* The piece that follows the one that is used up; borrowed. No bytes: the list ends here. */
void domain_list_add(struct domain_list *list, const char *bytes, size_t size);

#endif
