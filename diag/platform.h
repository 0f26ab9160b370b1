/*
 * All that exdiag asks of an operating system. posix/ and win32/ each implement
 * every function here under the same name with the same results; no other folder
 * includes a system's headers, and the build picks one of the two.
 *
 * Text is UTF-8 on this side of the line. Times are as each function says.
 */
#ifndef EXDIAG_PLATFORM_H
#define EXDIAG_PLATFORM_H

#include "diag/buffer.h"
#include "diag/read/machine_role.h"
#include "diag/read/net_address.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- the program ---- */

/* What the program is; the platform's own main() calls it with UTF-8 arguments. */
int exdiag_main(int argc, char **argv);

/*
 * Once, before anything else here: sockets, console code page, and whatever the
 * system needs so that a closed pipe is an error of a write and not the end.
 * On Windows stdout and stderr are then buffered whole, for characters must reach a
 * console unbroken: fflush() what is to be seen before the program ends.
 */
enum status platform_init(void);

/* The value of an environment variable, or NULL. Valid until the next call. */
const char *platform_environment(const char *name);

/* For this process and the libraries in it. Before there are threads. */
void platform_environment_forget(const char *name);

/* ---- time ---- */

int64_t platform_wall_clock(void);      /* milliseconds since 1970-01-01 UTC */
int64_t platform_wall_clock_fine(void); /* the same in microseconds */
int64_t platform_monotonic_clock(void); /* microseconds since some fixed moment */

/*
 * How many minutes this machine's own time is ahead of UTC at that moment, by its time zone;
 * negative in the west. False where the system does not know.
 */
bool platform_utc_offset(int64_t milliseconds, int *minutes);

/* Unpredictable bytes from the system's generator. */
enum status platform_random(void *bytes, size_t size);

/* ---- sockets: never blocking ---- */

typedef intptr_t platform_socket;
#define PLATFORM_NO_SOCKET ((platform_socket)-1)

/*
 * A UDP socket on a random local port that hears only `peer`. `receive_buffer`:
 * bytes asked of the kernel; what it really gave is in *granted.
 */
enum status platform_udp_open(const struct net_address *peer, size_t receive_buffer,
                              platform_socket *socket, size_t *granted);

/* Begins a TCP connection; it is writable once it is made or has failed. */
enum status platform_tcp_open(const struct net_address *peer, platform_socket *socket);

/* STATUS_AGAIN while the connection is being made, then STATUS_OK, or why there is none. */
enum status platform_tcp_result(platform_socket socket);

/*
 * One send or receive. STATUS_AGAIN where it would block; STATUS_REFUSED when the
 * peer's system answered that the port is closed (ICMP, for UDP). For TCP, zero
 * bytes received is STATUS_CLOSED. A datagram longer than `room` is cut.
 */
enum status platform_send(platform_socket socket, const void *bytes, size_t size, size_t *sent);
enum status platform_receive(platform_socket socket, void *bytes, size_t room, size_t *received);

/* platform_receive() for TCP. With STATUS_CLOSED, whether it was by RST: not by FIN. */
enum status platform_tcp_receive(platform_socket socket, void *bytes, size_t room, size_t *received,
                                 bool *was_reset);

/*
 * STATUS_OK once the peer's system has acknowledged all that was sent, STATUS_AGAIN
 * before; STATUS_NOT_SUPPORTED where the system does not say.
 */
enum status platform_tcp_acknowledged(platform_socket socket);

/* The name that this machine's administrator gave it; "" without one. Nothing is looked up. */
enum { PLATFORM_HOST_NAME_SIZE = 256 };
void platform_host_name(char name[PLATFORM_HOST_NAME_SIZE]);

/* Our own end of a connection. */
enum status platform_socket_address(platform_socket socket, struct net_address *out);

void platform_socket_close(platform_socket socket);

/* How many sockets and files may be open at once; platform_init() has raised it. */
unsigned platform_open_most(void);

/* The name servers this machine uses, in its order, port 53. STATUS_NO_SERVER if none. */
enum status platform_resolvers(struct net_address *servers, size_t room, size_t *count);

/* ---- waiting ---- */

struct platform_waiter { /* a socket, and what is waited for */
    platform_socket socket;
    bool to_read;
    bool to_write;
    bool ready; /* set by platform_wait(): one of them is possible, or the connection ended */
};

enum { PLATFORM_WAITERS_MOST = 1024 };

/* What ends a wait from elsewhere. */
struct platform_bell;

enum status platform_bell_new(struct platform_bell **out);
void platform_bell_free(struct platform_bell *bell);

/* Ends the wait under way, or else the next one. From any thread. */
void platform_bell_ring(struct platform_bell *bell);

/*
 * Waits until a socket is ready, the bell was rung, or `milliseconds` are over; it may
 * also end sooner. At most PLATFORM_WAITERS_MOST sockets are looked at; `bell` may be
 * NULL. Only one thread waits for a bell.
 */
void platform_wait(struct platform_waiter *waiters, size_t count, struct platform_bell *bell,
                   int milliseconds);

/* ---- names ---- */

/*
 * What the system knows of IDNA (non-transitional UTS 46), for diag/idn.h, which
 * says what is a name and is what the program calls. A UTF-8 name below 1,025
 * bytes, not all of it ASCII, mapped and with its labels as xn--; an ASCII name in
 * lower case with its xn-- labels as UTF-8, whether they lead back to it or not.
 * Both are appended, and stand only with STATUS_OK; STATUS_INVALID for none.
 */
enum status platform_idn_encode(const char *name, struct buffer *ascii);
enum status platform_idn_decode(const char *name, struct buffer *unicode);

/* ---- threads ---- */

struct platform_mutex;
struct platform_condition;

/*
 * The last to need a mutex may free it once it is unlocked, even while the unlock of
 * another thread, which held it before, has not returned yet.
 */
struct platform_mutex *platform_mutex_new(void);
void platform_mutex_free(struct platform_mutex *mutex);
void platform_mutex_lock(struct platform_mutex *mutex);
void platform_mutex_unlock(struct platform_mutex *mutex);

struct platform_condition *platform_condition_new(void);
void platform_condition_free(struct platform_condition *condition);
void platform_condition_wait(struct platform_condition *condition, struct platform_mutex *mutex);
/* For no longer than this. */
void platform_condition_wait_for(struct platform_condition *condition, struct platform_mutex *mutex,
                                 unsigned milliseconds);
void platform_condition_signal(struct platform_condition *condition);
void platform_condition_broadcast(struct platform_condition *condition);

/* Starts a detached thread with a stack of 256 KiB. */
enum status platform_thread_start(void (*run)(void *argument), void *argument);

/*
 * From now on Ctrl-C (SIGINT, SIGTERM; console control events) calls `interrupted`
 * on a thread of its own instead of ending the program; a second one ends it. Call
 * before any other thread is started. Who replaces another takes over: an interrupt that
 * the other was called for calls this one too. NULL restores the system's own behaviour.
 */
enum status platform_on_interrupt(void (*interrupted)(void *argument), void *argument);

/* ---- trust ---- */

/*
 * Calls `take` with the certificate, as DER, of each authority that this machine trusts.
 * STATUS_NOT_SUPPORTED where those are files that the TLS library finds by itself.
 */
enum status platform_trusted_certificates(void (*take)(void *context, const void *der, size_t size),
                                          void *context);

/* ---- how a machine is set up ---- */

/*
 * `machine` is "" for the machine at hand, or the name or address of another one, without
 * backslashes (machine_in_path()), which Windows then asks as the user who runs this: for its
 * registry and services over SMB (TCP port 445), for services over RPC first (TCP port 135 and one
 * above 49151), as for its event logs, for its files over SMB by the shares of its drives (C$).
 * That may take minutes where nobody answers: for a pool thread. Of another machine also
 * STATUS_UNREACHABLE, nobody answers there; STATUS_REFUSED, it is there, but not the service that
 * would tell, which for registries is RemoteRegistry; STATUS_REJECTED, its logon failed;
 * STATUS_TIMED_OUT; STATUS_NOT_SUPPORTED where this is not Windows.
 */

enum { PLATFORM_REGISTRY_VALUE_MOST = 65536 }; /* bytes of data; longer values are passed by */

/* One value: `type` is winnt.h's number, `bytes` are as the registry has them. */
typedef void platform_registry_take(void *context, const char *key, const char *name, uint32_t type,
                                    const void *bytes, size_t size);

/*
 * Calls `take` with each value of a key below HKEY_LOCAL_MACHINE ("SYSTEM\\..."), and of those
 * below it, eight deep; nothing is written, and a 32-bit program sees what a 64-bit one does.
 * `key` of a value is as given here. Keys below that are closed to this user are passed by.
 * STATUS_NOT_FOUND, STATUS_DENIED; STATUS_NOT_SUPPORTED where there is no registry.
 */
enum status platform_registry_walk(const char *machine, const char *key,
                                   platform_registry_take *take, void *context);

/* The same of the key's own values alone: what is below some keys takes a while. */
enum status platform_registry_values(const char *machine, const char *key,
                                     platform_registry_take *take, void *context);

/*
 * Whether the machine's service of this name runs, or is about to. STATUS_NOT_FOUND if there
 * is none; STATUS_NOT_SUPPORTED where services have no registry.
 */
enum status platform_service_runs(const char *machine, const char *name, bool *runs);

/*
 * Where the machine's system keeps its own files ("C:\\Windows\\System32"), as a 64-bit program
 * there sees it, is appended: for platform_local_path(). STATUS_MALFORMED: another's registry does
 * not say; STATUS_NOT_SUPPORTED where there is no such folder.
 */
enum status platform_system_folder(const char *machine, struct buffer *path);

/*
 * For paths that the machine's own settings name, before they are opened: appended as the
 * functions of files below take them, of another machine as \\\\name\\C$\\... STATUS_NOT_FOLLOWED,
 * with the reason, for what is not to be followed: a path that does not begin at a drive, with
 * "..", of a machine that is not this one or of a device, of a stream of a file, on a drive that is
 * not fixed, or with a symbolic link on its way (a mounted volume and a junction lead to the
 * machine's own drives). Nothing of such a path is opened. STATUS_NOT_FOUND for a drive that there
 * is not; STATUS_NOT_SUPPORTED where settings name no drives.
 */
enum status platform_local_path(const char *machine, const char *path, struct buffer *local,
                                const char **reason);

/* An event as XML, UTF-8, not NUL-terminated. */
typedef void platform_event_take(void *context, const char *xml, size_t size);

struct platform_events_limit {
    size_t most;      /* events */
    int milliseconds; /* for all of them */
};

/*
 * Calls `take` with each event of the machine's logs that `query` finds, the newest first.
 * `query`: a QueryList in XML, as Event Viewer shows it. `more`: the limit ended it, or an event
 * was too long. STATUS_DENIED; STATUS_NOT_FOUND if there is no such log; STATUS_REFUSED if the
 * service of event logs does not answer, STATUS_TIMED_OUT if it does not in time;
 * STATUS_NOT_SUPPORTED where there are no such logs.
 */
enum status platform_events_query(const char *machine, const char *query,
                                  const struct platform_events_limit *limit,
                                  platform_event_take *take, void *context, bool *more);

struct platform_machine {                  /* texts are "" where the system does not tell them */
    char name[PLATFORM_HOST_NAME_SIZE];    /* in DNS, with its domain; of the machine at hand */
    char netbios[PLATFORM_HOST_NAME_SIZE]; /* of the machine at hand */
    char domain[PLATFORM_HOST_NAME_SIZE];  /* in DNS, that it is joined to */
    char forest[PLATFORM_HOST_NAME_SIZE];
    char group[PLATFORM_HOST_NAME_SIZE]; /* the domain in NetBIOS, or the workgroup */
    enum machine_role role;
};

/*
 * Who a machine is; `machine`: "" is the one at hand, else the other's name. STATUS_DENIED,
 * STATUS_UNREACHABLE; STATUS_NOT_SUPPORTED where machines have no such domains.
 */
enum status platform_machine(const char *machine, struct platform_machine *out);

/*
 * Whether this run may do all that its user may, which on Windows an administrator's does once he
 * agreed. STATUS_NOT_SUPPORTED where there is no such difference.
 */
enum status platform_is_elevated(bool *is_elevated);

/* ---- libraries that are loaded when they are first used ---- */

/* By its file name, from where the system keeps such; NULL if it is not there. Never unloaded. */
void *platform_library_load(const char *name);

/* To be converted to the function's own type; NULL if the library has none of this name. */
typedef void platform_function(void);
platform_function *platform_library_function(void *library, const char *name);

/* ---- console ---- */

bool platform_is_terminal(FILE *stream);

/* Columns of the terminal behind `stream`; 0 when it is none or does not say. */
unsigned platform_terminal_columns(FILE *stream);

/* True if colour escapes written to `stream` will be obeyed; may switch that on. */
bool platform_terminal_colours(FILE *stream);

/*
 * Asks whoever sits at the terminal, and shows nothing of what is typed. STATUS_NOT_SUPPORTED where
 * there is none, STATUS_TOO_LARGE for more than `room` takes with a NUL, STATUS_CLOSED at the end
 * of input. A signal does its work as if nobody had been asked, with the terminal as it was: what
 * survives it gets STATUS_CANCELLED.
 */
enum status platform_password_read(const char *prompt, char *password, size_t room);

/* ---- standard input and output ---- */

/* Waits for bytes on standard input, and gives those that are there; none at its end. */
enum status platform_input_read(void *bytes, size_t room, size_t *received);

/* The bytes to come, where standard input is an ordinary file; else -1. */
int64_t platform_input_size(void);

/* True if standard output goes to the very file of this path. */
bool platform_output_is(const char *path);

/* Cuts that file to so many bytes; what is written next follows them. */
enum status platform_output_cut(int64_t size);

/* ---- files ---- */

enum platform_file_kind { PLATFORM_NO_FILE, PLATFORM_FILE, PLATFORM_FOLDER, PLATFORM_OTHER_FILE };

/* What a path leads to; PLATFORM_OTHER_FILE also where that cannot be looked at. */
enum platform_file_kind platform_file_kind(const char *path);

/* Both paths lead to one file that is there. */
bool platform_file_is_same(const char *one, const char *other);

/* The same, or would lead to one once it is made: the same name in the same folder. */
bool platform_path_is_same(const char *one, const char *other);

/*
 * Calls `take` with the name of each entry of a folder, "." and ".." left out, in any order. A link
 * is PLATFORM_OTHER_FILE, wherever it leads. STATUS_NOT_FOUND (no folder either), STATUS_DENIED,
 * STATUS_IO.
 */
typedef void platform_folder_take(void *context, const char *name, enum platform_file_kind kind);
enum status platform_folder_list(const char *path, platform_folder_take *take, void *context);

/* For reading, as bytes. STATUS_NOT_FOUND, STATUS_DENIED, STATUS_INVALID (a folder), STATUS_IO. */
enum status platform_file_open(const char *path, FILE **file);

/*
 * Makes a file that was not there before, readable by its owner alone, for
 * writing bytes. STATUS_EXISTS if the name is taken (a symbolic link takes it
 * too), STATUS_NOT_FOUND when its folder is missing, STATUS_DENIED, STATUS_IO.
 */
enum status platform_file_create(const char *path, FILE **file);

/* Replaces or makes an ordinary file for writing bytes: reports. */
enum status platform_file_write(const char *path, FILE **file);

/*
 * An ordinary file that takes the place of another, or is new, in one go: until
 * platform_new_file_end() the former one stands, and so it does if `status` is not STATUS_OK or the
 * bytes did not arrive. Who may read it stays as it was. What is no ordinary file of one name (a
 * pipe, a device, a link, a stream of another file), or stands where no file can be made beside it,
 * is written in place; so is what a program on Windows keeps open for more than a second in a way
 * that lets it be written but not be replaced.
 */
struct platform_new_file {
    FILE *stream;
    char *beside; /* what it is called until its end; NULL: it is written in place */
};
enum status platform_new_file(const char *path, struct platform_new_file *file);

/*
 * It is text that people open: from here on lines end as this system's editors know them, with CRLF
 * on Windows, where Notepad took nothing else up to Windows 10 1803 and Server 2016. Before
 * anything is written.
 */
void platform_new_file_is_text(struct platform_new_file *file);

enum status platform_new_file_end(struct platform_new_file *file, const char *path,
                                  enum status status);

/* STATUS_NOT_FOUND, STATUS_DENIED, STATUS_IO: it is still there. */
enum status platform_file_remove(const char *path);

/* Where files stand that nobody keeps: the folder, with the separator behind it. */
void platform_temporary_folder(struct buffer *path);

/* The bytes of an ordinary file open for reading; where it stands is lost. */
enum status platform_file_size(FILE *file, uint64_t *size);

/* Where the next byte of an ordinary file is read; its end and beyond have none. */
enum status platform_file_seek(FILE *file, uint64_t offset);

/* Everybody on this machine may read it; false where that is not known, as on Windows. */
bool platform_file_is_public(FILE *file);

/* Why the last write to a FILE failed: STATUS_DISK_FULL, STATUS_CLOSED (a pipe), STATUS_IO. */
enum status platform_write_error(void);

#endif
