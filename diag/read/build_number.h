/*
 * Build numbers of Exchange, in the ways in which servers, directories, logs and files spell them.
 * How much a number says depends on where it was read: setup writes some of these places anew with
 * every security update, others only with a cumulative update or service pack, and others hold no
 * more than the version. Two spellings are traps: the directory adds 30,000 to the third part, and
 * the number in the greeting of Exchange 2000 and 2003 is that of Windows. What does not fit a
 * spelling is refused (STATUS_INVALID) and never becomes a number. Fuzz target:
 * tests/fuzz/build_number.c.
 */
#ifndef EXDIAG_READ_BUILD_NUMBER_H
#define EXDIAG_READ_BUILD_NUMBER_H

#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BUILD_PARTS = 4,
    BUILD_PART_MOST = 32767,     /* of any part: the packed form has 15 bits for the third */
    BUILD_NUMBER_TEXT_SIZE = 24, /* "15.2.2562.37" and a NUL */
    BUILD_DIRECTORY_OFFSET = 30000
};

/* How much a number tells, little first. */
enum build_precision {
    BUILD_OF_VERSION, /* "15.0.0.0": the version alone, and since 2013 not even that */
    BUILD_OF_LEVEL,   /* which cumulative update or service pack; no update on top of it */
    BUILD_OF_UPDATE   /* everything, security updates too */
};

/* X(NAME, precision, "where it was read"): what tells more, and is better known, first */
#define BUILD_WAY_LIST(X)                                                                          \
    X(SETUP, UPDATE, "the file version of ExSetup.exe")                                            \
    X(EWS, UPDATE, "ServerVersionInfo of EWS")                                                     \
    X(OWA_HEADER, UPDATE, "X-OWA-Version")                                                         \
    X(EXPORT_TOOL, UPDATE, "the manifest of the eDiscovery export tool")                           \
    X(BANNER, UPDATE, "the greeting of SMTP")                                                      \
    X(OWA_PATH, LEVEL, "a path of Outlook on the web")                                             \
    X(SERIAL_NUMBER, LEVEL, "serialNumber in the directory")                                       \
    X(VERSION_NUMBER, LEVEL, "versionNumber in the directory")                                     \
    X(ADMIN_DISPLAY, LEVEL, "AdminDisplayVersion of Get-ExchangeServer")                           \
    X(REGISTRY, LEVEL, "the registry")                                                             \
    X(METADATA, LEVEL, "customMetadata of applicationHost.config")                                 \
    X(LOG_HEADER, LEVEL, "#Version of a log")

enum build_way {
#define X(name, precision, text) BUILD_BY_##name,
    BUILD_WAY_LIST(X)
#undef X
        BUILD_WAY_COUNT
};

const char *build_way_text(enum build_way way);

struct build_number {
    uint16_t parts[BUILD_PARTS]; /* 15, 1, 2507, 6 */
    unsigned count;              /* 3 or 4: how many of them were told; the rest are 0 */
};

/* By parts; one that was not told is less than any. */
int build_number_compare(const struct build_number *a, const struct build_number *b);

/* The first three parts are the same. */
bool build_number_shares_build(const struct build_number *a, const struct build_number *b);

/* "15.1.2507.6": without padding, with as many parts as were told. */
void build_number_format(const struct build_number *number, char out[BUILD_NUMBER_TEXT_SIZE]);

/*
 * What a number of this way tells. A log's "15.0.0.0" tells the version; a path of four parts
 * tells no more than one of three.
 */
enum build_precision build_number_precision(enum build_way way, const struct build_number *number);

/*
 * Three or four decimal parts of at most five digits, "15.01.2507.006" with its padding, and
 * nothing else: X-OWA-Version, ExSetup.exe, customMetadata, OwaVersion.
 */
enum status build_number_parse(const char *text, size_t size, struct build_number *out);

/* From numbers on their own: ServerVersionInfo, MsiProductMajor and its neighbours. */
enum status build_number_make(const uint64_t *parts, size_t count, struct build_number *out);

/*
 * "Version 15.1 (Build 32507.6)", "Version 6.5 (Build 7638.2: Service Pack 2)": serialNumber, and
 * AdminDisplayVersion, which shows it without the 30,000. Its word for Build may be translated.
 */
enum status build_number_parse_display(const char *text, size_t size, struct build_number *out);

/*
 * versionNumber, as 1941997947: 4 bits of its own (7), 6 of major, 6 of minor, a bit that is set,
 * 15 of build (as of ServerVersion in MS-OXDSCLI 2.2.4.1.1.2.6).
 */
enum status build_number_unpack(uint64_t packed, struct build_number *out);

/*
 * The greeting of SMTP, its text behind 220. Exchange 4.0 to 5.5 name themselves and their build:
 * "(Microsoft Exchange Internet Mail Service 5.0.1458.49)". STATUS_NOT_SUPPORTED with the number
 * of Windows' SMTP service, which is what Exchange 2000 and 2003 show ("Microsoft ESMTP MAIL
 * Service, Version: 6.0.3790.4675"). STATUS_NOT_FOUND where there is none, as since 2007.
 */
enum status build_number_parse_banner(const char *text, size_t size, struct build_number *out);

/*
 * The first path of Outlook on the web in a page: /owa/auth/15.2.1544/, /owa/15.1.2507.6/,
 * /owa/prem/15.2.1544.4/. In any case. STATUS_NOT_FOUND where there is none.
 */
enum status build_number_parse_page(const char *text, size_t size, struct build_number *out);

/*
 * The manifest of the eDiscovery export tool: version= of its first assemblyIdentity.
 * STATUS_NOT_FOUND where there is none.
 */
enum status build_number_parse_manifest(const char *text, size_t size, struct build_number *out);

/* "Microsoft Exchange Server 15.01.2507.006": #Software and #Version of a log. */
enum status build_number_parse_software(const char *text, size_t size, struct build_number *out);

/*
 * What PowerShell prints of ExSetup.exe: the line that names it has its version, of the table or
 * of the list that Format-List makes. STATUS_NOT_FOUND where there is none.
 */
enum status build_number_parse_setup(const char *text, size_t size, struct build_number *out);

#endif
