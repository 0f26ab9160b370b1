/* What VMware says of time synchronisation. The samples were written for this test. */
#include "diag/read/vmware_time.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define PROMPT                                                                                     \
    "C:\\>\"C:\\Program Files\\VMware\\VMware Tools\\VMwareToolboxCmd.exe\" timesync status\r\n"
#define VMX ".encoding = \"UTF-8\"\r\nconfig.version = \"8\"\r\nvirtualHW.version = \"19\"\r\n"

static const struct {
    const char *text;
    enum vmware_time says;
    bool is_text;
} cases[] = {
    /* a console, and what the printed commands write, in any language */
    {PROMPT "Enabled\r\n", VMWARE_TIME_ENABLED, true},
    {PROMPT "\r\nDisabled\r\n\r\nC:\\>", VMWARE_TIME_DISABLED, true},
    {PROMPT "Deaktiviert\r\n", VMWARE_TIME_DISABLED, true},
    {PROMPT "aktiviert", VMWARE_TIME_ENABLED, true},
    {"Enabled\r\ntimesync status 0 \r\n", VMWARE_TIME_ENABLED, true},
    {"\xE7\x84\xA1\xE5\x8A\xB9\r\ntimesync status 69 \r\n", VMWARE_TIME_DISABLED, true},
    {"\x96\xB3\x8C\xF8\r\ntimesync status 69\r\n", VMWARE_TIME_DISABLED, true},
    {"TimeSync STATUS 0", VMWARE_TIME_ENABLED, true},
    {"timesync status\nEnabled\ntimesync status\nDisabled\n", VMWARE_TIME_DISABLED, true},
    /* it failed, or says what nobody knows */
    {"timesync status 1\r\n", VMWARE_TIME_UNKNOWN, false},
    {"timesync status 64\r\n", VMWARE_TIME_UNKNOWN, false},
    {"timesync status 690\r\n", VMWARE_TIME_UNKNOWN, false},
    {PROMPT "Error: Unable to communicate with the host\r\n", VMWARE_TIME_UNKNOWN, false},
    {PROMPT "Error\r\nEnabled\r\n", VMWARE_TIME_UNKNOWN, false},
    {PROMPT, VMWARE_TIME_UNKNOWN, false},
    {"timesync status: print the time synchronization status\nEnabled", VMWARE_TIME_UNKNOWN, false},
    /* nobody asked VMware */
    {"Enabled\r\n", VMWARE_TIME_UNKNOWN, false},
    {"Disabled", VMWARE_TIME_UNKNOWN, false},
    {"", VMWARE_TIME_UNKNOWN, false},
    {"timesync", VMWARE_TIME_UNKNOWN, false},
    /* a virtual machine's configuration */
    {VMX "tools.syncTime = \"TRUE\"\r\n", VMWARE_TIME_ENABLED, true},
    {VMX "tools.synctime = \"false\"\r\n", VMWARE_TIME_DISABLED, true},
    {VMX "tools.syncTime = \"0\"", VMWARE_TIME_DISABLED, true},
    {VMX "tools.syncTime=1\n", VMWARE_TIME_ENABLED, true},
    {VMX "tools.syncTime = \"maybe\"\n", VMWARE_TIME_UNKNOWN, true},
    {VMX "#tools.syncTime = \"TRUE\"\n", VMWARE_TIME_UNKNOWN, true},
    {VMX, VMWARE_TIME_UNKNOWN, true},
    {"tools.syncTime = \"TRUE\"\r\n", VMWARE_TIME_UNKNOWN, false},
    {"config.version = \"8\"\ntools.syncTime = \"TRUE\"\n", VMWARE_TIME_UNKNOWN, false},
};

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strlen(cases[i].text);
        char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */

        assert_non_null(copy);
        memcpy(copy, cases[i].text, size);
        if (vmware_time_read(copy, size) != cases[i].says ||
            vmware_time_is_text(copy, size) != cases[i].is_text)
            fail_msg("%s", cases[i].text);
        free(copy);
    }
}

/* Cut after any byte, it never says the opposite. */
static void test_truncated(void **state)
{
    static const char text[] = VMX "tools.syncTime = \"TRUE\"\r\n" PROMPT "Enabled\r\n";

    (void)state;
    for (size_t size = 0; size < sizeof text; size++)
        assert_int_not_equal(vmware_time_read(text, size), VMWARE_TIME_DISABLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_truncated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
