/*
 * The stub resolver. All of it runs on the coordinator thread and never blocks.
 *
 * Connected UDP sockets with random ports and ids, a window of questions in
 * flight, a pace, growing retransmits over the servers, EDNS with fallback, TCP after
 * truncation, aliases followed with a loop cut. Only a response with the right
 * source, id and question is read (RFC 5452 9).
 */
#ifndef EXDIAG_GATHER_DNS_H
#define EXDIAG_GATHER_DNS_H

#include "diag/evidence/dns.h"
#include "diag/gather/gather.h"

#include "diag/platform.h"

struct dns_client;

enum { DNS_RESOLVERS_MOST = 16 }; /* any further ones are not asked */

typedef void dns_client_settled(void *context, struct dns_answer *item);

/*
 * `options` as in gather_options; the resolvers are copied. The window becomes
 * smaller where the kernel's receive buffers would not hold its answers.
 */
enum status dns_client_new(const struct gather_options *options, dns_client_settled *settled,
                           void *context, struct dns_client **out);
void dns_client_free(struct dns_client *client);

/* Queues a question. It is sent by the next dns_client_work(). */
void dns_client_ask(struct dns_client *client, struct dns_answer *item);

/*
 * Sends what the window and the pace allow, reads what came, retransmits and gives up what is
 * due; calls `settled` for every item that ended. `now`: platform_monotonic_clock().
 */
void dns_client_work(struct dns_client *client, int64_t now);

/* The sockets to wait for; their number, at most `room`. */
size_t dns_client_sockets(const struct dns_client *client, struct platform_waiter *list,
                          size_t room);

/* What platform_wait() made of that list: the next dns_client_work() reads what is ready. */
void dns_client_heard(struct dns_client *client, const struct platform_waiter *list, size_t count);

/* Microseconds on the monotonic clock when work is next due; INT64_MAX if nothing waits. */
int64_t dns_client_due(const struct dns_client *client);

#endif
