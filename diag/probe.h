/*
 * THE header for probe authors.
 *
 * A probe is a const struct and a pure function over evidence. It asks for what it
 * needs, returns if something is still on its way, and is run again from the top
 * when the answers are there; only the findings of a run in which nothing was
 * missing count. A probe does no I/O, has no state of its own, and reads no clock:
 *
 *     static void examine(struct examination *x, const struct subject *domain)
 *     {
 *         const struct dns_answer *txt = ask_dns(x, domain->name, DNS_TXT);
 *         const struct dns_answer *mx = ask_dns(x, domain->name, DNS_MX);
 *
 *         if (!txt || !mx)
 *             return;
 *         if (txt->evidence.status != STATUS_OK) {
 *             saw_failure(unknown(x, &spf_none, "…"), &txt->evidence);
 *             return;
 *         }
 *         ...
 *     }
 *
 * Ask for everything that can be asked at once before returning, so that it is
 * fetched side by side. An answer that could not be had is an answer: look at
 * evidence.status, and call unknown().
 *
 * probes/README.md shows how to add one, step by step.
 */
#ifndef EXDIAG_PROBE_H
#define EXDIAG_PROBE_H

#include "diag/evidence/auth_log.h"
#include "diag/evidence/bound_certificates.h"
#include "diag/evidence/build_file.h"
#include "diag/evidence/clock.h"
#include "diag/evidence/digest.h"
#include "diag/evidence/directory.h"
#include "diag/evidence/directory_file.h"
#include "diag/evidence/dns.h"
#include "diag/evidence/event_log.h"
#include "diag/evidence/ews.h"
#include "diag/evidence/http_log.h"
#include "diag/evidence/iis_config.h"
#include "diag/evidence/installed_files.h"
#include "diag/evidence/machine.h"
#include "diag/evidence/mail_log.h"
#include "diag/evidence/mailstore_log.h"
#include "diag/evidence/registry.h"
#include "diag/evidence/smtp.h"
#include "diag/evidence/smtp_logon.h"
#include "diag/evidence/ticket.h"
#include "diag/evidence/time_settings.h"
#include "diag/evidence/trace.h"
#include "diag/evidence/web.h"
#include "diag/evidence/windows_features.h"
#include "diag/evidence/windows_setup.h"
#include "diag/finding.h"
#include "diag/settings.h"

struct examination; /* one probe on one subject */

enum probe_need { /* what a probe's evidence takes; for `exdiag list` and --plan */
                  NEEDS_NETWORK = 1,
                  NEEDS_CREDENTIALS = 2,
                  NEEDS_HOST = 4,
                  NEEDS_FILE = 8,
                  NEEDS_PATIENCE = 16 /* waits for peers to speak, as long as --patience says */
};

struct probe {
    const char *name;      /* of --only and --skip; one word */
    const char *summary;   /* one line for `exdiag list` */
    unsigned needs;        /* enum probe_need */
    bool is_always_wanted; /* whatever --only says; --skip leaves it out */
    unsigned subjects;     /* PROBE_EXAMINES(kind), or'd */
    uint64_t reads;        /* of files: PROBE_READS(type), or'd */
    const char *touches;   /* for --plan: a line for each kind of host */
    const char *noticed;   /* for --plan: what a defender may see in logs */
    const char *logs_on;   /* for --plan: what --authenticate has it do; NULL: nothing more */
    const struct finding_kind *const *kinds; /* all it can say, ended by NULL */
    void (*examine)(struct examination *x, const struct subject *subject);
};

#define PROBE_EXAMINES(kind) (1u << (kind))
#define PROBE_READS(type)    ((uint64_t)1 << (type))

/* ---- asking: NULL while the answer is on its way ---- */

/* The resolvers' answer (those of --dns, else the system's). `name`: dns_name.h, any case. */
const struct dns_answer *ask_dns(struct examination *x, const char *name, enum dns_type type);

/* One server's own answer, asked without recursion on its port (53 unless --port dns=). */
const struct dns_answer *ask_dns_at(struct examination *x, const char *name, enum dns_type type,
                                    const struct ip_address *server);

/*
 * A conversation with this address: SERVICE_SMTP, SERVICE_SUBMISSION, or with TLS at once
 * SERVICE_SUBMISSIONS. `name`: of the host, as the handshake is to name it, or NULL;
 * whoever asks first decides, for one address is talked to once.
 */
const struct smtp_conversation *ask_smtp(struct examination *x, const struct ip_address *ip,
                                         enum service service, const char *name);

/*
 * What a host's clock says: `service` is where its source is asked (SERVICE_HTTP or HTTPS for
 * those of HTTP, SERVICE_SMTP or SUBMISSION for those of SMTP). `host`, its name, and `realm`,
 * of Kerberos, may be NULL; whoever asks first decides on them. Ask for Kerberos once an
 * address: KERBEROS_TCP only where KERBEROS was not answered.
 */
const struct clock_reading *ask_clock(struct examination *x, enum clock_source source,
                                      const struct ip_address *ip, enum service service,
                                      const char *host, const char *realm);

/* What the file at this path is. */
const struct file_digest *ask_file(struct examination *x, const char *path);

/* What a network trace shows of mail: FILE_TYPE_PCAP, PCAPNG, NETMON, NETMON_TEXT. */
const struct trace_digest *ask_trace(struct examination *x, const char *path);

/* What a sender's records say: FILE_TYPE_SMTP_SEND_LOG, TRACKING_LOG, QUEUE_LIST, NDR. */
const struct mail_log_digest *ask_mail_log(struct examination *x, const char *path);

/* How the fetching of messages went by a MailStore job log: FILE_TYPE_MAILSTORE_LOG. */
const struct mailstore_digest *ask_mailstore_log(struct examination *x, const char *path);

/* How authentication went: FILE_TYPE_SMTP_RECEIVE_LOG, SMTP_SEND_LOG. */
const struct auth_log_digest *ask_auth_log(struct examination *x, const char *path);

/* What an export of a directory says of accounts and of mail: FILE_TYPE_LDIF, SETSPN. */
const struct directory_file *ask_directory_file(struct examination *x, const char *path);

/*
 * What Windows event logs say of mail and of web applications: FILE_TYPE_EVTX, EVENT_XML, or a
 * machine's own, STATUS_NOT_SUPPORTED where this is not Windows.
 */
const struct event_log_digest *ask_event_log(struct examination *x, const char *path);

/* Builds that a file tells on its own: FILE_TYPE_PROGRAM, BUILD_LIST. */
const struct build_file *ask_build_file(struct examination *x, const char *path);

/*
 * What a configuration file of IIS says: FILE_TYPE_IIS_CONFIG. "" is the applicationHost.config of
 * the machine at hand, STATUS_NOT_SUPPORTED where that is not Windows.
 */
const struct iis_config_file *ask_iis_config(struct examination *x, const char *path);

/* The web.config of a machine's application at this place: "Default Web Site/PowerShell". */
const struct iis_config_file *ask_iis_config_of(struct examination *x, const char *machine,
                                                const char *place);

/* How web requests ended: FILE_TYPE_IIS_LOG, EWS_LOG, HTTP_PROXY_LOG. */
const struct http_log_digest *ask_http_log(struct examination *x, const char *path);

/*
 * The values of a key below HKEY_LOCAL_MACHINE: from FILE_TYPE_REGISTRY or REGISTRY_QUERY. "" is
 * the machine at hand, STATUS_NOT_SUPPORTED where that is not Windows.
 */
const struct registry_answer *ask_registry(struct examination *x, const char *path,
                                           const char *key);

/*
 * How a host is told to keep its time: FILE_TYPE_REGISTRY, REGISTRY_QUERY, W32TM,
 * SECURITY_INF, VMWARE_TIME. "" is the machine at hand, STATUS_NOT_SUPPORTED where that is not
 * Windows.
 */
const struct time_settings *ask_time_settings(struct examination *x, const char *path);

/*
 * Which features of Windows a machine has: FILE_TYPE_WINDOWS_FEATURES. "" is the machine at hand,
 * STATUS_NOT_SUPPORTED where that is not Windows; the same for the next two.
 */
const struct windows_features *ask_windows_features(struct examination *x, const char *path);

/*
 * Which files exist: FILE_TYPE_FILE_LIST, with "" for `image`. Of the machine at hand one file is
 * asked for, as the setting has it that names it.
 */
const struct installed_files *ask_installed_files(struct examination *x, const char *path,
                                                  const char *image);

/*
 * How Windows and Exchange came onto a machine: FILE_TYPE_REGISTRY, REGISTRY_QUERY,
 * ENVIRONMENT.
 */
const struct windows_setup *ask_windows_setup(struct examination *x, const char *path);

/*
 * Who a machine is: of "", the machine at hand, or of "\\\\ex02.contoso.com", another by name.
 * STATUS_NOT_SUPPORTED where this is not Windows.
 */
const struct machine_identity *ask_machine(struct examination *x, const char *path);

/*
 * Which certificates a machine's web server is bound to, and which its store has:
 * FILE_TYPE_REGISTRY, REGISTRY_QUERY. "" is the machine at hand, or another, as in ask_machine().
 */
const struct bound_certificates *ask_bound_certificates(struct examination *x, const char *path);

/*
 * A search at a directory server: SERVICE_LDAP or SERVICE_GC, or with TLS at once SERVICE_LDAPS or
 * SERVICE_GC_TLS. As whom is the gatherer's to decide: as the user of --user; else as the caller,
 * with a ticket; else, for the rootDSE, and where `host` is NULL, anonymously. `host`: its name, if
 * it is the user's or the forest's word. `filter`: its values escaped (read/ldap_text.h).
 * `attributes`: ended by NULL, in any order; none: all.
 */
struct directory_question {
    struct ip_address ip;
    enum service service;
    const char *host;
    const char *base;
    enum directory_scope scope;
    const char *filter;
    const char *const *attributes;
};
const struct directory_answer *ask_directory(struct examination *x,
                                             const struct directory_question *question);

/*
 * What a KDC answers when the caller asks for a ticket for this service principal name, which is
 * to be the user's or the directory's word. `realm`: in any case.
 */
const struct ticket_answer *ask_ticket(struct examination *x, const struct ip_address *kdc,
                                       const char *realm, const char *spn);

/*
 * What a mail server says to a logon with the caller's own ticket: for settings' `authenticate`
 * alone, since it is a real one. SERVICE_SMTP or SUBMISSION; the rest as in ask_ticket().
 */
const struct smtp_logon *ask_smtp_logon(struct examination *x, const struct ip_address *ip,
                                        enum service service, const struct ip_address *kdc,
                                        const char *realm, const char *spn);

/*
 * What a web server answers to one request: at the port of `service`, with TLS for SERVICE_HTTPS
 * and SERVICE_BACKEND. `host`: its name, if it is the user's or the directory's word, which
 * `as_somebody` takes: then the request is made as the bearer of --token-file, as --user, or as
 * the caller with a ticket from `kdc`, or, without one, from whom the system finds. Password and
 * token go to servers that the user named, whatever is asked (DENIED); whether a ticket may go
 * to those that a directory lists is the probe's to say, by how that was asked.
 */
struct web_question {
    struct ip_address ip;
    enum service service;
    const char *host;
    const char *path;
    enum web_request request;
    bool as_somebody;
    const struct ip_address *kdc; /* or NULL, as the next */
    const char *realm;
};
const struct web_exchange *ask_web(struct examination *x, const struct web_question *question);

/*
 * What items of a mailbox come to over EWS, through the server at this address; `plants` and
 * `impersonates` are settings'. `host`: the server's name, which is the user's or the directory's
 * word; `kdc` and `realm` as in ask_web().
 */
struct ews_question {
    struct ip_address ip;
    const char *host;
    const char *mailbox;          /* an address */
    const struct ip_address *kdc; /* or NULL, as the next */
    const char *realm;
};
const struct ews_survey *ask_ews(struct examination *x, const struct ews_question *question);

/*
 * The subjects of a kind known so far, in report order; valid until one is added.
 * The probe is run again when there are more.
 */
struct subject_list {
    const struct subject *const *list;
    size_t count;
};
struct subject_list ask_subjects(struct examination *x, enum subject_kind kind);

/* The machine that the file at this path is of, by the user's word (--file HOST=PATH); or NULL. */
const char *ask_file_host(struct examination *x, const char *path);

/* The probe of this name runs too: --only and --skip leave it something to find. */
bool ask_is_selected(const struct examination *x, const char *name);

/* The options that have a say in a verdict. */
const struct settings *ask_settings(const struct examination *x);

/* The moment the run started, milliseconds since 1970 UTC: a probe's "now". */
int64_t ask_now(const struct examination *x);

/*
 * The machine that exdiag ran on, for people who read of it elsewhere: its name, or "the machine
 * that exdiag ran on".
 */
const char *ask_examiner(const struct examination *x);

/* The same, NULL where the name is not known. */
const char *ask_examiner_name(const struct examination *x);

/* Memory that lives until the end of this pass. */
struct arena *pass_memory(struct examination *x);

/*
 * What `make` makes of subjects and evidence, whoever asks: made once for all examinations of a
 * run, and again where the subjects that it asked for have grown. NULL while it is on its way.
 * `make` asks by the `x` that it is given, tells nothing, and gives what is in that one's pass
 * memory, never NULL; what it gives while something is on its way is thrown away. Whoever adds
 * subjects asks for it before.
 */
typedef const void *shared_maker(struct examination *x);
const void *ask_shared(struct examination *x, shared_maker *make);

/* ---- telling ---- */

/* A subject that turned up. Added once, names in any case as one; up to SUBJECTS_MOST. */
void add_subject(struct examination *x, enum subject_kind kind, const char *name);

enum { SUBJECTS_MOST = 10000 };

/* A problem. The severity is the kind's; finding_severity() changes it. */
struct finding *found(struct examination *x, const struct finding_kind *kind);

/*
 * It could not be checked; `format` says what, in one line. Say with saw_failure()
 * what stood in the way.
 */
struct finding *unknown(struct examination *x, const struct finding_kind *kind, const char *format,
                        ...) PRINTF_LIKE(3, 4);

/* It was checked and is right; `format` says what was found, in one line. */
struct finding *healthy(struct examination *x, const struct finding_kind *kind, const char *format,
                        ...) PRINTF_LIKE(3, 4);

/* There is nothing to check; `format` says why, in one line. */
struct finding *not_applicable(struct examination *x, const struct finding_kind *kind,
                               const char *format, ...) PRINTF_LIKE(3, 4);

void finding_severity(struct finding *finding, enum severity severity);

/*
 * What was seen and where. The text may hold what came from outside: it is made
 * printable here. `source` may be NULL.
 */
void saw(struct finding *finding, const struct evidence *source, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The same for bytes, with `mark_size` offending bytes from `mark_start` on marked. */
void saw_marked(struct finding *finding, const struct evidence *source, const char *bytes,
                size_t size, size_t mark_start, size_t mark_size);

/* Why a piece of evidence is missing: its status and reason. */
void saw_failure(struct finding *finding, const struct evidence *source);

/*
 * A picture behind what was seen (series.h): `count` values, the first of step `first`. They and
 * `remark`, which may be NULL, are copied; what is beyond SERIES_VALUES_MOST is left out, and so is
 * a series without values or above zero nowhere.
 */
void plot(struct finding *finding, const struct series_kind *kind, const char *remark,
          uint64_t first, const int64_t *values, size_t count);

/*
 * The same of a tree (picture.h): `count` nodes, each before those below it, of which
 * tree_arrange() keeps some; `total` of their costs count. Texts are copied, made printable and
 * cut to PICTURE_TEXT_MOST. A finding has one tree at most, the last that was drawn; none of no
 * nodes.
 */
void draw_tree(struct finding *finding, const struct tree_kind *kind, const struct tree_node *nodes,
               size_t count, unsigned total);

/* The same of a timeline: `count` rows, of which timeline_arrange() keeps some. */
void draw_timeline(struct finding *finding, const struct timeline_kind *kind,
                   const struct timeline_row *rows, size_t count);

/*
 * Values for the {placeholders} of the kind's texts and steps; several may have
 * one name. Every finding has {subject} already. The plain form is for text that
 * nobody authenticated, the vouched form for what the user or a trusted directory
 * said (remedy.h).
 */
void set_value(struct finding *finding, enum value_type type, const char *name, const char *bytes,
               size_t size);
void set_vouched(struct finding *finding, enum value_type type, const char *name, const char *bytes,
                 size_t size);

/* VALUE_TEXT that nobody authenticated. */
void set_text(struct finding *finding, const char *name, const char *text);

/* Numbers and addresses are as good as vouched for: this program writes their text. */
void set_number(struct finding *finding, const char *name, uint64_t number);
void set_address(struct finding *finding, const char *name, const struct ip_address *ip);

/*
 * The kind's repair is not that of this finding: of its fix and undo those steps alone that are
 * printed `when` there is a value of this name, and `repair` is the sentence for managers (at most
 * 110 characters).
 */
void repaired_by(struct finding *finding, const char *when, const char *repair);

/*
 * One alone can have this, and `whose` it is, or is to be by the finding's repair. Where others are
 * claimed to have the same, by any finding of the report, the steps that are for one `alone` go,
 * and those for a `rival` stay (remedy.h). A finding may claim several things.
 */
void claim(struct finding *finding, const char *what, const char *whose);

/*
 * The cause may stand at another subject: what explains a finding of this kind is looked for
 * there, too. It need not be there, nor be a subject at all. An unknown is explained only if this
 * is called.
 */
void due_to(struct finding *finding, enum subject_kind kind, const char *name);

/*
 * Of the kinds that explain a finding of this one, these alone do: `count` ids, which last as long
 * as the program does; of 0 none does.
 */
void explained_only_by(struct finding *finding, const char *const *ids, size_t count);

/* ---- beside the findings ---- */

/* Facts of the subject, which `exdiag audit` prints under the probe's name. Text is made
 * printable. */
void tell_number(struct examination *x, const char *name, uint64_t number);
void tell_text(struct examination *x, const char *name, const char *text);

/*
 * Places what was measured of a subject, or of whom it was held against, on a scale, for all to be
 * seen side by side (scale.h): from a zero that everything of the run shares. Any examination may
 * place the same: of one name one span is kept (chart_arrange()), in report order of the subjects.
 * Texts are copied and made printable. A span whose ends are in the wrong order says nothing and
 * is left out, and so is what one examination places beyond SPANS_MOST.
 */
void place(struct examination *x, const struct scale *scale, const struct span *span);

enum { SPANS_MOST = 128 };

/*
 * A number of the subject that monitoring follows (gauge.h), or of a part of it, which is made
 * printable. Of one gauge, subject and part one is told. What one examination measures beyond
 * MEASURES_MOST is left out.
 */
void measure(struct examination *x, const struct gauge *gauge, const char *part, int64_t value);

enum { MEASURES_MOST = 64 };

/*
 * What this pass made, in pass memory, for a command that runs this very probe:
 * exam_result(). It lives as long as the exam.
 */
void set_result(struct examination *x, const void *result);

/* All probes, ended by NULL: probes/probes.c. */
extern const struct probe *const probes[];

/*
 * Which finding explains which, in order of rank: where both stand for one
 * subject, or `cause` for the one that `effect` is due to (due_to()), `effect` is
 * explained by `cause`. Ended by NULL. probes/probes.c.
 */
struct explanation {
    const char *cause;
    const char *effect;
    bool if_due; /* only at a subject that `effect` is due to: its own may be that, too */
};
extern const struct explanation explanations[];

/* A page of `exdiag explain` about what several findings have in common. */
struct paragraph {
    const char *heading; /* NULL ends a list */
    const char *text;    /* a line break between two items */
};
struct topic {
    const char *name; /* as a probe's */
    const char *title;
    const struct paragraph *paragraphs;
    const struct reference *references;
};

/* All topics, ended by NULL: probes/probes.c. */
extern const struct topic *const topics[];

#endif
