/*
 * The PowerShell virtual directory of an Exchange server, scripted: what its front end, or its back
 * end, answers to GET, to WS-Management's requests, and to the pages by which a dead site is told
 * from a broken directory. Whoever shows who he is, in whatever way, is taken for somebody.
 *
 * That a healthy one answers nobody with 401 and Negotiate is an assumption: nothing that is public
 * says so. Its answers to somebody are MS-PSRP's and MS-WSMV's.
 */
#ifndef EXDIAG_TESTS_LAB_POWERSHELL_WEB_H
#define EXDIAG_TESTS_LAB_POWERSHELL_WEB_H

#include "tests/lab/web_peer.h"

/* `context`: a behaviour's name, and behind "@" what the server calls itself: "empty@EX05". */
web_answer powershell_web_answer;

/* There is a behaviour of this name; what is behind "@" does not count. */
bool powershell_web_knows(const char *context);

/* The behaviours, one after another; false at the end. */
bool powershell_web_at(size_t index, const char **name, const char **summary);

#endif
