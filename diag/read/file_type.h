/*
 * What a file is, by its content. Names and extensions have no say: customers
 * rename files. Fuzz target: tests/fuzz/file_type.c.
 */
#ifndef EXDIAG_READ_FILE_TYPE_H
#define EXDIAG_READ_FILE_TYPE_H

#include "diag/read/text_survey.h"

/* X(NAME, "word in evidence", "what people call it") */
#define FILE_TYPE_LIST(X)                                                                          \
    X(UNKNOWN, "unknown", "a file of a kind exdiag does not know")                                 \
    X(EMPTY, "empty", "an empty file")                                                             \
    X(EVIDENCE, "evidence", "an exdiag evidence file")                                             \
    X(PCAP, "pcap", "a network capture (pcap)")                                                    \
    X(PCAPNG, "pcapng", "a network capture (pcapng)")                                              \
    X(NETMON, "netmon", "a Network Monitor capture")                                               \
    X(NETMON_TEXT, "netmon-text", "text printed by Network Monitor")                               \
    X(EVTX, "evtx", "a Windows event log (.evtx)")                                                 \
    X(EVT, "evt", "an event log of Windows Server 2003 or before (.evt)")                          \
    X(EVENT_XML, "event-xml", "a Windows event log exported as XML")                               \
    X(IIS_CONFIG, "iis-config", "an IIS configuration file")                                       \
    X(IIS_LOG, "iis-log", "an IIS log (W3C extended format)")                                      \
    X(EWS_LOG, "ews-log", "a log of EWS requests of Exchange Server (Logging\\Ews)")               \
    X(HTTP_PROXY_LOG, "http-proxy-log",                                                            \
      "a log of web requests of Exchange Server's front end (Logging\\HttpProxy)")                 \
    X(EXCHANGE_LOG, "exchange-log", "an Exchange Server log")                                      \
    X(SMTP_SEND_LOG, "smtp-send-log", "an SMTP send protocol log of Exchange Server")              \
    X(SMTP_RECEIVE_LOG, "smtp-receive-log", "an SMTP receive protocol log of Exchange Server")     \
    X(TRACKING_LOG, "tracking-log", "a message tracking log of Exchange Server")                   \
    X(QUEUE_LIST, "queue-list", "a list of mail queues (Get-Queue)")                               \
    X(NDR, "ndr", "a non-delivery report")                                                         \
    X(MAILSTORE_LOG, "mailstore-log", "a MailStore job log")                                       \
    X(REGISTRY, "registry", "a registry export")                                                   \
    X(REGISTRY_QUERY, "registry-query", "output of reg query")                                     \
    X(W32TM, "w32tm", "output of w32tm")                                                           \
    X(VMWARE_TIME, "vmware-time",                                                                  \
      "what VMware says of time synchronisation (VMwareToolboxCmd timesync status, .vmx)")         \
    X(SECURITY_INF, "security-inf", "a security template of Group Policy (GptTmpl.inf)")           \
    X(LDIF, "ldif", "a directory export (LDIF)")                                                   \
    X(SETSPN, "setspn", "output of setspn")                                                        \
    X(PROGRAM, "program", "a Windows program (.exe, .dll)")                                        \
    X(BUILD_LIST, "build-list", "builds of Exchange as PowerShell prints them")                    \
    X(WINDOWS_FEATURES, "windows-features", "a list of Windows' features")                         \
    X(FILE_LIST, "file-list", "a list of files and whether they exist")                            \
    X(ENVIRONMENT, "environment", "environment variables of a Windows process")                    \
    X(COLLECTION, "collection", "what exdiag collect-script says of what it gathered")

enum file_type {
#define X(name, word, text) FILE_TYPE_##name,
    FILE_TYPE_LIST(X)
#undef X
        FILE_TYPE_COUNT
};

enum { FILE_TYPE_HEAD = 16384 }; /* bytes of the beginning that decide */

/*
 * `head`: the first `size` bytes of the file, FILE_TYPE_HEAD of them unless it is
 * shorter. A byte order mark decides the encoding; without one UTF-16 is seen by
 * the zero bytes of its ASCII characters. Text that is not UTF-8 is a code page.
 */
enum file_type file_type_of(const unsigned char *head, size_t size, enum text_encoding *encoding);

const char *file_type_word(enum file_type type);
const char *file_type_text(enum file_type type);
enum file_type file_type_from_word(const char *word); /* FILE_TYPE_UNKNOWN if there is none */

#endif
