/* Addresses that were called, and what each of them did, in words. */
#ifndef EXDIAG_PROBES_MX_CALL_H
#define EXDIAG_PROBES_MX_CALL_H

#include "probes/mx/exchangers.h"
#include "probes/mx/verdict.h"

struct mx_call { /* of one address, at one service */
    const struct mx_exchanger *exchanger;
    const struct mx_address *address;
    enum service service;
    const struct smtp_conversation *conversation;
    enum mx_verdict verdict;
    bool is_best; /* no exchanger that has an address has a better preference */
};

struct mx_calls { /* all of a subject */
    const struct subject *subject;
    const struct mx_exchangers *mx;
    const struct mx_call *list;
    size_t count;
    bool serves_submission; /* of a server: it lets senders connect at another of its ports */
};

typedef bool mx_call_test(const struct mx_call *call);

/* Asks for a conversation with each address, at one service. False while some are on their way. */
bool mx_call_all(struct examination *x, const struct subject *subject,
                 const struct mx_exchangers *mx, enum service service, struct mx_calls *out);

/* It let a sender in: a 220 came, however late. */
bool mx_call_greeted(const struct mx_call *call);

/* TCP was accepted. */
bool mx_call_connected(const struct mx_call *call);

/* It let nobody in, as far as can be said; nothing is held against one that is not known. */
bool mx_call_is_away(const struct mx_call *call);

/* An IPv6 address that was not even tried: no way leads there from here. */
bool mx_call_has_no_way(const struct mx_call *call);

/* The one that says most of the domain's mail; NULL where nobody was called. */
const struct mx_call *mx_worst_call(const struct mx_calls *calls);

/* A line about this call: who, which preference, what came and when. */
void mx_saw_call(struct finding *finding, const struct mx_calls *calls, const struct mx_call *call);

/* The same without the address: "it greeted after 5.0 s". In pass memory. */
const char *mx_call_text(struct examination *x, const struct mx_call *call);

/* The values that steps about these calls take: see kinds.h. */
void mx_set_subject(struct examination *x, struct finding *finding, const struct subject *subject);
void mx_set_call(struct finding *finding, const struct mx_call *call);

/* Resolvers and ports that are not the usual ones: another run needs them too. */
void mx_set_as_called(struct examination *x, struct finding *finding);

/*
 * Of a file: "address", and "endpoint" or "tls-endpoint". True for an address set apart, such
 * as a private one, which leads elsewhere from elsewhere: whoever runs the steps is to check it.
 */
bool mx_set_recorded(struct finding *finding, const struct net_address *address);

/* That such an address is to be called from where the file was made. */
void mx_saw_recorded(struct finding *finding, const struct evidence *file,
                     const struct net_address *address);

/* The domain whose mail it is ("name"), and "connector": what a connector for it is called. */
void mx_set_domain(struct finding *finding, const char *domain, bool is_given);

/* Which senders' steps there are: `only` "sender-5", "-2000", "-2007" or "-other"; NULL: all. */
void mx_set_senders(struct finding *finding, const char *only);

/*
 * Which steps there are against a refusal: "refused-inactive", "refused-busy",
 * "refused-caller", "refused-host". All of them where the code is not known: 0. `line`, which
 * may hold an enhanced code, may be NULL.
 */
void mx_set_refusal(struct finding *finding, unsigned code, const struct smtp_line *line);

/* The MX record as a zone has it. */
void mx_set_record(struct finding *finding, const struct subject *subject,
                   const struct mx_exchanger *exchanger);

/*
 * What can be taken out of DNS for as long as calls that pass `is_at_fault` are so: the MX records
 * of exchangers that let nobody in at any of their addresses, else the records of the addresses
 * alone; and who is left to send to. Of a domain with MX records.
 */
void mx_set_way_out(struct finding *finding, const struct mx_calls *calls,
                    mx_call_test *is_at_fault);

#endif
