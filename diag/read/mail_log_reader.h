/*
 * Between mail_log.c, which keeps the hosts, and the files that read a form each:
 * mail_log_send.c, mail_log_tracking.c, mail_log_queue.c, mail_log_report.c.
 */
#ifndef EXDIAG_READ_MAIL_LOG_READER_H
#define EXDIAG_READ_MAIL_LOG_READER_H

#include "diag/read/log_fields.h"
#include "diag/read/mail_log.h"

enum { MAIL_LOG_NAME_MOST = 255 };

/* What a form is read by. Its state is its own, zeroed memory of `size` bytes. */
struct mail_log_form {
    enum file_type type;
    size_t size;
    /* A line that holds no NUL, with one behind it. */
    void (*read)(struct mail_log_reader *reader, void *state, const char *line);
    void (*end)(struct mail_log_reader *reader, void *state); /* or NULL */
};

extern const struct mail_log_form mail_log_send;
extern const struct mail_log_form mail_log_tracking;
extern const struct mail_log_form mail_log_queue;
extern const struct mail_log_form mail_log_report;

/* ---- telling what was read ---- */

struct mail_log_event { /* one attempt to deliver, and how it ended */
    const char *host;   /* or NULL */
    const char *domain; /* or NULL */
    const char *route;  /* what attempts follow each other on: a connector, a domain; or NULL */
    struct net_address address;
    enum mail_log_fault fault; /* MAIL_LOG_FAULT_COUNT: none */
    bool greeted;
    bool merges;      /* a host known by the domain alone is taken for this one */
    uint64_t retries; /* in a row, where the file counts them itself; else 0 */
    int64_t silence;  /* milliseconds, or -1 */
    uint64_t line;    /* where it is told; its text is `text` */
    int64_t time;     /* or 0 */
    const char *text;
};

/* Nothing is kept of an event that names no host, no domain and no address. */
void mail_log_tell(struct mail_log_reader *reader, const struct mail_log_event *event);

uint64_t mail_log_line(const struct mail_log_reader *reader); /* number of the line being read */
void mail_log_damaged(struct mail_log_reader *reader);

/* Milliseconds of a line's "2026-11-22T09:05:07.123Z"; 0 for none. Widens what the file spans. */
int64_t mail_log_time(struct mail_log_reader *reader, const char *text);

/* ---- what Exchange says of a failure ---- */

struct mail_log_status {
    enum mail_log_fault fault; /* MAIL_LOG_FAULT_COUNT: nothing that is looked for here */
    struct net_address address;
    char host[MAIL_LOG_NAME_MOST + 1];
    char domain[MAIL_LOG_NAME_MOST + 1]; /* "Destination domain: ..." */
};

/* Codes (RFC 3463, Winsock) and the fields FQDN and IP of "[{LED=...};{FQDN=...};{IP=...}]". */
void mail_log_read_status(const char *text, struct mail_log_status *out);

/* The domain of the first address in a text, "user@example.com", folded; "" for none. */
void mail_log_domain(const char *text, char domain[MAIL_LOG_NAME_MOST + 1]);

/* A host name or domain of two labels and more, folded into `out`; false, and "", for none. */
bool mail_log_name(const char *text, size_t size, char out[MAIL_LOG_NAME_MOST + 1]);

/* "192.0.2.1:25", "[2001:db8::1]:25", an address alone; port 25 where none is said. */
bool mail_log_address(const char *text, size_t size, struct net_address *out);

/*
 * A report's "Generating server: NAME" and "Receiving server: NAME (ADDRESS)", in whichever
 * language Exchange wrote it: where NAME begins. NULL if the line has another form.
 */
const char *mail_log_server(const char *line, size_t size);

/* The report that is read was written by this host, unless another is known already. */
void mail_log_reported_by(struct mail_log_reader *reader, const char *host);
bool mail_log_is_reporter(const struct mail_log_reader *reader, const char *host);

#endif
