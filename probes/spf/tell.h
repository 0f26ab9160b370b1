/* What several findings about SPF show and set alike. */
#ifndef EXDIAG_PROBES_SPF_TELL_H
#define EXDIAG_PROBES_SPF_TELL_H

#include "probes/public_dns.h"
#include "probes/spf/fix.h"
#include "probes/spf/published.h"

/* The records, each as a zone file has its strings, "v=spf1 " "mx -all"; or that there is none. */
void spf_show_records(struct finding *finding, const struct spf_published *published);

/* {corrected-record} and {changes} for the steps of a finding; false where there is none. */
bool spf_offer_record(struct finding *finding, const struct spf_fix *fix);

/*
 * There is no record at a domain: what stands there in its place. Gives the finding if nothing
 * does, so that what the domain does with mail decides what to publish; else NULL.
 */
struct finding *spf_tell_none(struct examination *x, const struct subject *domain,
                              const struct spf_published *published);

/* A record that Windows' commands for its DNS server take: in one string (RFC 1035 3.3). */
void spf_set_windows(struct finding *finding, const char *record);

/*
 * {name}, at which the records stand, unless nobody said where: the subject itself or, said in the
 * finding, the end of its aliases. With `published`: {count}, {server} that answered unless it is
 * at another port, and {resolver} if the user named one.
 */
void spf_set_common(struct examination *x, struct finding *finding, const struct subject *subject,
                    const struct spf_published *published);

/*
 * What the Internet sees at a name could not be had, so nothing is known of it. `inside`: what
 * the resolver of this machine sees there, or NULL.
 */
void spf_tell_unseen(struct examination *x, const struct finding_kind *kind,
                     const struct subject *subject, const struct public_view *view,
                     const struct spf_published *inside);

/* The name at which the records stand: the subject's, or the end of its aliases. */
const char *spf_place_of(const struct subject *subject, const struct spf_published *published);

/* {server}: who gave these records; tools like dig take a port apart, so at port 53 alone. */
void spf_set_server(struct finding *finding, const struct spf_published *published);

/* {resolver}: that the user named with --dns, if so. */
void spf_set_resolver(struct examination *x, struct finding *finding);

/* {former-record}: the strings of a record as they were found, for an undo step. */
void spf_set_former_record(struct finding *finding, const struct dns_record *record);

#endif
