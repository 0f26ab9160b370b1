/*
 * Evidence of kind "clock": what one host's clock said through one protocol, without
 * credentials, and how far it was from the examiner's.
 *
 * The examiner's clock is read once, when the run starts; from there on time is counted by the
 * monotonic clock. So whatever is wrong with it, and whoever sets it meanwhile, is the same for
 * all readings of a run and cancels when two hosts are compared. Readings of different
 * examiners are never compared.
 */
#ifndef EXDIAG_EVIDENCE_CLOCK_H
#define EXDIAG_EVIDENCE_CLOCK_H

#include "diag/evidence/evidence.h"
#include "diag/read/net_address.h"

/* X(NAME, "word in evidence", "for people", resolution in microseconds) */
#define CLOCK_SOURCE_LIST(X)                                                                       \
    X(SNTP, "sntp", "SNTP", 1)                                                                     \
    X(CLDAP, "cldap", "rootDSE currentTime (CLDAP)", 1000000)                                      \
    X(LDAP, "ldap", "rootDSE currentTime (LDAP)", 1000000)                                         \
    X(KERBEROS, "kerberos", "Kerberos error (UDP)", 1)                                             \
    X(KERBEROS_TCP, "kerberos-tcp", "Kerberos error (TCP)", 1)                                     \
    X(SMB2, "smb2", "SMB2 negotiation", 1)                                                         \
    X(HTTP, "http", "HTTP Date", 1000000)                                                          \
    X(HTTP_NTLM, "http-ntlm", "NTLM challenge (HTTP)", 1)                                          \
    X(HTTP_KERBEROS, "http-kerberos", "Kerberos error (HTTP)", 1)                                  \
    X(SMTP_BANNER, "smtp-banner", "date in the SMTP banner", 1000000)                              \
    X(SMTP_NTLM, "smtp-ntlm", "NTLM challenge (SMTP)", 1)

enum clock_source {
#define X(name, word, text, resolution) CLOCK_##name,
    CLOCK_SOURCE_LIST(X)
#undef X
        CLOCK_SOURCE_COUNT
};

const char *clock_source_word(enum clock_source source);
enum clock_source clock_source_from_word(const char *word); /* CLOCK_SOURCE_COUNT: none */
const char *clock_source_text(enum clock_source source);

/* Microseconds: the step in which a protocol tells the time, however fine the clock behind it. */
int64_t clock_source_resolution(enum clock_source source);

/*
 * Windows reads its clock for SMB2, Kerberos and NTLM as of the last tick of its timer, up to so
 * many microseconds ago, and no answer says so but an NTLM challenge with a build number, of
 * which this is the resolution. Whoever holds such a reading against a finer one allows for it.
 */
enum { CLOCK_WINDOWS_TICK = 15625 };

enum { CLOCK_SAMPLES_MOST = 8 };

struct clock_sample { /* microseconds */
    int64_t sent;     /* since the examiner's clock was read, as is the next */
    int64_t received;
    int64_t remote; /* what the host's clock said, since 1970 UTC */
    int64_t held;   /* by the host, before it read its clock for `remote`, where it says; else 0 */
};

struct clock_reading {
    struct evidence evidence;

    /* the question */
    enum clock_source source;
    struct net_address address;
    bool tls_at_once;  /* of HTTP */
    const char *host;  /* its name, for HTTP and TLS, or NULL; no part of the key, as the next */
    const char *realm; /* of Kerberos, upper case; NULL: not known */

    /* the observation */
    int64_t examiner;   /* the examiner's clock when it was read: microseconds since 1970 UTC */
    int64_t resolution; /* microseconds: the step in which the host's time was told */
    struct clock_sample samples[CLOCK_SAMPLES_MOST];
    size_t sample_count;
    int stratum;           /* of SNTP; -1 */
    const char *reference; /* of SNTP: whom it follows, as text, or NULL */
    const char *told_host; /* names that it told of itself, or NULL */
    const char *told_domain;
    const char *told_forest; /* the root domain of its forest */
    const char *told_build;  /* of Windows, "10.0.20348" */
    int32_t error_code;      /* of Kerberos; else 0 */
};

extern const struct evidence_kind evidence_clock;

/* The host's clock minus the examiner's, with certainty between these two; microseconds. */
struct clock_interval {
    int64_t least, most;
};

/*
 * What one sample says. The host read its clock after it had the question, `held` before that
 * included, and before the answer was here; it told the time cut off to `resolution`. Two
 * microseconds on both sides are for times that were rounded to whole ones.
 */
struct clock_interval clock_interval_of_sample(const struct clock_sample *sample,
                                               int64_t resolution);

/* False for a sample that no clock can have given: it held the question longer than it took. */
bool clock_sample_is_possible(const struct clock_sample *sample, int64_t resolution);

/*
 * What the samples of a reading with STATUS_OK say together: their intersection, for each of
 * them is certain. Where they have none in common, the clock was set meanwhile or counts badly,
 * and it is all from the least to the most: too wide to conclude from if the difference matters.
 */
struct clock_interval clock_interval_of(const struct clock_reading *reading);

#endif
