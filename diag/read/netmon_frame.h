/*
 * Frames as Network Monitor's text tells of them, and the connections and lookups they
 * make: what netmon_text.c reads and netmon_mail.c puts together.
 *
 * They cannot become frame_payloads: those point at addresses and bytes, and printed frames
 * may name no addresses, have a summary in place of bytes, and leave out what its reader
 * folded away, which must be told from nothing.
 */
#ifndef EXDIAG_READ_NETMON_FRAME_H
#define EXDIAG_READ_NETMON_FRAME_H

#include "diag/read/dns_name.h"
#include "diag/read/mail_trace.h"

enum netmon_section { NETMON_HEAD, NETMON_ANSWER, NETMON_BEYOND };

struct netmon_dns {
    bool is_present;
    bool is_response;
    bool has_id;
    uint16_t id;
    uint16_t type; /* enum dns_type; 0: another */
    uint16_t rcode;
    char name[DNS_NAME_TEXT_SIZE]; /* folded; "": none was printed */
    enum netmon_section section;
    bool is_partial;
    char owner[DNS_NAME_TEXT_SIZE]; /* of the record that is being read, folded */
    uint16_t preference;            /* of the record that is being read */
    struct trace_record records[TRACE_RECORDS_KEPT];
    size_t record_count;
};

struct netmon_tcp {
    bool is_present;
    unsigned flags; /* enum frame_flag, and others' bits as TCP has them */
    uint32_t size;  /* bytes of data; of a SYN, of options */
    uint32_t seq, ack;
};

struct netmon_frame {
    struct trace_moment moment;
    bool is_begun; /* something of it has been read */
    struct ip_address source, destination;
    uint16_t source_port, destination_port; /* 0: not printed */
    struct netmon_tcp tcp;
    struct netmon_dns dns;
    unsigned reply_code; /* of "SMTP: Rsp: Service ready": 220; 0: none */
    char reply[TRACE_GREETING_KEPT];
    size_t reply_size; /* of what is printed of it */
};

struct netmon_mail; /* connections and lookups so far */

/* `memory`: for names, as long as the trace is read. */
struct netmon_mail *netmon_mail_new(struct arena *memory);
void netmon_mail_add(struct netmon_mail *mail, const struct netmon_frame *frame);

/* What there is, in `arena`; frees `mail`. */
void netmon_mail_end(struct netmon_mail *mail, struct arena *arena, struct mail_trace *out);

#endif
