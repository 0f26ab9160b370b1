/* What the program says beforehand of machines that it asks about themselves: list and --plan. */
#ifndef EXDIAG_COMMAND_MACHINE_TEXT_H
#define EXDIAG_COMMAND_MACHINE_TEXT_H

#define MACHINES_ASKED                                                                             \
    "from Windows, of each server and domain controller that is named, or listed in the "          \
    "directory where no subject is, its own machine, as the user who runs this: registry, "        \
    "services and files by SMB (TCP 445; C$ and the other shares of drives), event logs by RPC "   \
    "(TCP 135 and one above 49151); the machine at hand without the network"
#define MACHINES_NOTICED                                                                           \
    "of another machine that is asked so: a logon over the network (4624, logon type 3; with "     \
    "4672 an administrator's); where shares are audited, IPC$ and C$ (5140); Windows starts its "  \
    "service Remote Registry for as long as it is asked, where that is set to start so (7036)"

#endif
