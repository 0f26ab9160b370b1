/* What `reg export` writes of a machine of the demonstration's world: the keys of interest alone.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_REGISTRY_H
#define EXDIAG_TESTS_LAB_WORLD_REGISTRY_H

#define WORLD_MACHINE(name, type, maker, product)                                                  \
    "Windows Registry Editor Version 5.00\r\n"                                                     \
    "\r\n[HKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System\\BIOS]\r\n"                            \
    "\"SystemManufacturer\"=\"" maker "\"\r\n"                                                     \
    "\"SystemProductName\"=\"" product "\"\r\n"                                                    \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n"         \
    "\"Hostname\"=\"" name "\"\r\n"                                                                \
    "\"Domain\"=\"contoso.com\"\r\n"                                                               \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions]\r\n"             \
    "\"ProductType\"=\"" type "\"\r\n"                                                             \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Netlogon]\r\n"                  \
    "\"Start\"=dword:00000002\r\n"                                                                 \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time]\r\n"                   \
    "\"Start\"=dword:00000002\r\n"                                                                 \
    "\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft]\r\n"

#define WORLD_TIME(type, peers)                                                                    \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\Parameters]\r\n"       \
    "\"Type\"=\"" type "\"\r\n"                                                                    \
    "\"NtpServer\"=\"" peers "\"\r\n"

#endif
