/* What only asking a mailbox shows. */
#include "probes/ews/kinds.h"
#include "probes/ews/live_kinds.h"

#include <stddef.h>

const struct finding_kind ews_mime_recovered = {
    .id = "ews-mime-recovered",
    .severity = SEVERITY_INFO,
    .title = "{messages} came over EWS, but not at the first request",
    .why =
        "An archiver that tries again gets them, and one that gives up sooner does not. Where it "
        "becomes more frequent, the server is short of something, or it is the beginning of an "
        "error that lasts.",
    .symptom = "The archive job is slow, and complete; requests for MIME content are repeated a "
               "few times.",
    .cause = "Load, a database that moves, a domain controller that is slow: what passes.",
    .applies_to = "Exchange 2007 and later",
    .cost = "Nothing yet; the archive needed several attempts, which may be how a fault begins.",
    .no_undo = "nothing is changed",
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references = (const struct reference[]){EWS_CODES, {NULL, NULL}},
};

const struct finding_kind ews_test_item = {
    .id = "ews-test-item",
    .severity = SEVERITY_WARNING,
    .title = "the test item could not be deleted, or it is not known whether it was",
    .why = "--plant-test-item makes an item in the mailbox, and the server did not confirm that it "
           "was deleted again. It was sent to nobody and reminds nobody; it is only to be seen.",
    .symptom = "An item named \"exdiag test item: may be deleted\" in Drafts, or in the calendar "
               "on 1 January 2000.",
    .cause = "The server refused the deletion, did not answer in time, or the run was ended while "
             "it was under way.",
    .applies_to = "runs with --plant-test-item",
    .cost = "A test message may be left in a mailbox.",
    .repair = "Delete the test message by hand.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "Outlook, as the mailbox's owner",
             .command = "Delete the item named \"exdiag test item: may be deleted\" in Drafts; if "
                        "it is not there, the appointment of that name on 1 January 2000. Where it "
                        "asks, send no cancellation."},
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .is_alternative = true,
             .where = EWS_THIS_RUN,
             .command = "exdiag check --server {server} --mailbox {mailbox} --only ews "
                        "--plant-test-item",
             .risk = "makes another one, and deletes it",
             .note = "it begins by deleting what earlier runs left",
             .also_powershell = true},
            {0}},
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .no_undo = "a test item needs no way back",
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references =
        (const struct reference[]){
            {"[MS-OXWSMTGS] 3.1.4.2.1: what CreateItem may create",
             "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxwsmtgs/"},
            {NULL, NULL}},
};
