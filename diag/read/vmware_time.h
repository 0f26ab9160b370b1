/*
 * Whether VMware sets a guest's clock, all the time: what `VMwareToolboxCmd timesync status`
 * prints below a line that says so, with its exit status behind it as the language may be any; or
 * the configuration of the virtual machine (.vmx), which the host keeps (VMware KB 1189).
 *
 *     C:\> "C:\Program Files\VMware\VMware Tools\VMwareToolboxCmd.exe" timesync status
 *     Disabled                             timesync status 69
 *
 * Fuzz target: tests/fuzz/vmware_time.c.
 */
#ifndef EXDIAG_READ_VMWARE_TIME_H
#define EXDIAG_READ_VMWARE_TIME_H

#include <stdbool.h>
#include <stddef.h>

/* X(NAME, "word in evidence") */
#define VMWARE_TIME_LIST(X)                                                                        \
    X(UNKNOWN, "unknown")                                                                          \
    X(ENABLED, "enabled")                                                                          \
    X(DISABLED, "disabled")

enum vmware_time {
#define X(name, word) VMWARE_TIME_##name,
    VMWARE_TIME_LIST(X)
#undef X
        VMWARE_TIME_COUNT
};

enum { VMWARE_TIME_MOST = 1024 * 1024 };

/*
 * The whole text, UTF-8; the last status counts. VMWARE_TIME_UNKNOWN where it says neither:
 * a .vmx without tools.syncTime leaves it to the version's default.
 */
enum vmware_time vmware_time_read(const char *text, size_t size);

/* True if text that begins like this is one of the two: for file_type_of(). */
bool vmware_time_is_text(const char *head, size_t size);

#endif
