/*
 * The Active Directory domain that a host is in, and its controllers: what DNS says of it
 * (MS-ADTS 6.3.2.3).
 */
#ifndef EXDIAG_PROBES_AD_DOMAIN_H
#define EXDIAG_PROBES_AD_DOMAIN_H

#include "diag/probe.h"

enum {
    AD_CONTROLLERS_MOST = 64, /* of a domain, that are asked */
    AD_DOMAINS_MOST = 64      /* that the user named, and one host may be in */
};

enum ad_domain_state {
    AD_DOMAIN_PENDING,
    AD_DOMAIN_FOUND,
    AD_DOMAIN_NONE,       /* DNS knows no domain controllers of any name it may have */
    AD_DOMAIN_UNREADABLE, /* DNS did not say: `obstacle` */
    AD_DOMAIN_NOT_ASKED   /* in a file of a run that did not ask for them */
};

struct ad_domain {
    enum ad_domain_state state;
    const char *name;                             /* folded; NULL unless found */
    const char *realm;                            /* of Kerberos: the same in upper case */
    const char *controllers[AD_CONTROLLERS_MOST]; /* folded; the PDC emulator first */
    size_t count;
    size_t total;    /* with those that were left out */
    const char *pdc; /* among the controllers, or NULL: DNS does not say */
    const struct dns_answer *answer;
    const struct evidence *obstacle;
    const char *looked_for; /* the first of the names asked about, or NULL */
};

/* In pass memory. */
const struct ad_domain *ad_domain_of(struct examination *x, const char *name);

/*
 * The domain that a host is in: `told` (what it says itself, or NULL) where that is below the one
 * of its name, else the longest part of its name of two labels or more that has domain controllers,
 * else `told`, whatever it is: what a host says of itself does not lead away from its own name.
 */
const struct ad_domain *ad_domain_of_host(struct examination *x, const char *host,
                                          const char *told);

/*
 * That of the machine at hand, where no subject was named (settings' `everything`): as good as
 * named by the user. NULL where subjects were, and where this machine is in none, or that is not
 * known.
 */
const struct ad_domain *ad_domain_own(struct examination *x);

/* The nearest domain above one that has controllers; pending, or NULL. */
const struct ad_domain *ad_domain_over(struct examination *x, const struct ad_domain *domain);

/*
 * ad_domain_own() or the one of the domains that the user named which has controllers, `controller`
 * among them if that is not NULL. NULL if none or several have; pending while that is not known of
 * all. Of more than AD_DOMAINS_MOST the first ones are looked at.
 */
const struct ad_domain *ad_domain_named(struct examination *x, const char *controller);

/* The longest of those domains above a host which has controllers; or NULL. */
const struct ad_domain *ad_domain_above(struct examination *x, const char *host);

#endif
