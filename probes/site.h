/*
 * What of a site is no business of its servers' administrator: what Microsoft runs as Exchange
 * Online, and what an Edge Transport server, which is in no domain, does not have.
 */
#ifndef EXDIAG_PROBES_SITE_H
#define EXDIAG_PROBES_SITE_H

#include "diag/probe.h"

enum site_online {
    SITE_NOT_ONLINE,
    SITE_ONLINE,   /* a host of Exchange Online, or of Microsoft 365 beside it */
    SITE_ONLINE_MX /* one that takes mail for a tenant's domains */
};

/* By its name: nobody else has hosts in these domains. */
enum site_online site_online(const char *host);

/* A domain that Microsoft gives a tenant, such as contoso.mail.onmicrosoft.com, and publishes. */
bool site_is_tenant(const char *domain);

/* The one through which a hybrid organisation sends to its mailboxes in Exchange Online. */
bool site_is_coexistence(const char *domain);

/* Where its record names Exchange Online, mail may leave there, whatever host it comes from. */
extern const char site_online_senders[]; /* the domain that include: names */

/*
 * Whether a server is an Edge Transport server: as its own machine says, where that may be asked,
 * or as the directory lists it, where a probe that reads the directory is selected. *is_pending is
 * set while that is not known, and else left alone.
 */
bool site_is_edge(struct examination *x, const struct subject *server, bool *is_pending);

#endif
