/*
 * What is made of who holds a service principal name: pure judgement. KB 914137; [MS-ADTS] 5.1.1.4
 * on names that the directory finds by its sPNMappings.
 */
#ifndef EXDIAG_PROBES_SPN_JUDGE_H
#define EXDIAG_PROBES_SPN_JUDGE_H

#include "probes/spn/accounts.h"
#include "probes/spn/servers.h"

/* Why a name is asked about, or'd. */
enum spn_reason {
    SPN_ANNOUNCED = 1,   /* in its greeting or in its reply to EHLO, and it offers Kerberos */
    SPN_CONFIGURED = 2,  /* of a virtual server or receive connector that lets servers log on */
    SPN_OWN = 4,         /* its full name */
    SPN_LOGGED = 8,      /* a log says that a server asked for it and was let down */
    SPN_SHORT = 16,      /* its short name */
    SPN_EXCHANGER = 32,  /* an MX record names it */
    SPN_SMART_HOST = 64, /* a server hands its mail to it */
    SPN_HELD = 128       /* the server's account has it, whatever for */
};

/* X(NAME, "for tests and facts") */
#define SPN_VERDICT_LIST(X)                                                                        \
    X(RIGHT, "right")                                                                              \
    X(MAPPED, "mapped")         /* HOST/ stands in for it, on the right account */                 \
    X(NOT_NEEDED, "not-needed") /* nobody minds where it is, or is not */                          \
    X(MISSING, "missing")                                                                          \
    X(DUPLICATE, "duplicate")                                                                      \
    X(MISPLACED, "misplaced")                                                                      \
    X(SHARED, "shared") /* on the account of one of the servers that call themselves so */         \
    X(OPEN, "open")     /* what is known does not decide it */

enum spn_verdict {
#define X(name, word) SPN_##name,
    SPN_VERDICT_LIST(X)
#undef X
        SPN_VERDICT_COUNT
};

const char *spn_verdict_word(enum spn_verdict verdict);

struct spn_case { /* one name of one server */
    /* given */
    const char *service; /* "SMTPSVC" */
    const char *host;
    unsigned reasons;              /* enum spn_reason */
    const struct spn_account *own; /* the one of the server that is called so; NULL: not known */
    bool is_everywhere;            /* all accounts of the forest were looked at */
    bool is_cut;                   /* what they were read from ends before its end */
    bool is_mapped;                /* sPNMappings has the service stand behind HOST */
    bool is_shared;                /* several servers call themselves so */
    bool is_ownless;          /* a server's, of which it is not known which account is its own */
    struct spn_holders named; /* accounts that hold it itself */
    struct spn_holders hosts; /* accounts that hold HOST/ of it */
    const struct spn_account *sharers[SPN_HOLDERS_MOST]; /* accounts of all who are called so */
    size_t sharer_count;

    /* judged */
    enum spn_verdict verdict;
    const struct spn_holders *holders;  /* `named`, or `hosts` where these stand in */
    const struct spn_account *namesake; /* a holder: the computer of that name, or NULL */
    bool is_for_person; /* whether the holder is to lose it is no program's business */
};

void spn_judge(struct spn_case *at);

/* Kerberos fails without it. */
bool spn_is_needed(unsigned reasons);

/*
 * It has the names of Exchange's other protocols for hosts of which it is none: of Exchange 2010
 * those of MAPI; since Exchange 2013 those of HTTP alone, and none of a machine's own.
 */
bool spn_is_alternate_service_account(const struct spn_account *account);

/* "host=alerter,…": whether one of these values has the service behind HOST. */
bool spn_mapping_has(const struct directory_attribute *mappings, const char *service);

#endif
