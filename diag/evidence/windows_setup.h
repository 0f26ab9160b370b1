/*
 * Evidence of kind "windows-setup": how Windows and Exchange came onto a machine, as far as one
 * file tells: a registry export or output of reg query of any of the keys below, or a process'
 * environment (`set`, Get-ChildItem Env:). "" is the machine at hand, on Windows.
 *
 *     SYSTEM\CurrentControlSet\Control\Session Manager\Environment   ExchangeInstallPath, windir
 *     SOFTWARE\Microsoft\ExchangeServer\v14\Setup, v15\Setup         MsiInstallPath
 *     SOFTWARE\Microsoft\Windows NT\CurrentVersion                   ProductName, CurrentBuild,
 * InstallDate SYSTEM\Setup\Source OS (Updated on ...)                        the same of the
 * Windows before
 *
 * That an upgrade in place leaves such a key behind is seen on many machines and promised nowhere:
 * it supports what else is seen, and says nothing by itself.
 *
 * What stands in one file may be missing in another of the same machine: probes put together
 * several. Redacted, numbers, products and what paths of Windows and Exchange have in common stay
 * (iis_words.h); a computer becomes the pseudonym that it has everywhere (redact.h).
 */
#ifndef EXDIAG_EVIDENCE_WINDOWS_SETUP_H
#define EXDIAG_EVIDENCE_WINDOWS_SETUP_H

#include "diag/evidence/evidence.h"

enum {
    WINDOWS_UPGRADES_MOST = 32,
    WINDOWS_SETUP_TEXT_MOST = 1024 /* bytes; longer ones are cut off */
};

/* A text that may be missing for two reasons. */
struct setup_text {
    bool known;       /* the evidence would show it: NULL then means that there is none */
    const char *text; /* as written, variables unexpanded; NULL: none, or not known */
};

/* One Windows, as it tells of itself; of an older one after an upgrade in place. */
struct windows_install {
    const char *key; /* of an older one: "Source OS (Updated on 3/14/2019 10:15:11)"; else NULL */
    const char *product; /* "Windows Server 2012 R2 Standard"; or NULL */
    const char *build;   /* CurrentBuild, "9600"; or NULL */
    int64_t installed;   /* InstallDate: milliseconds since 1970 UTC; 0: not told */
};

struct windows_setup {
    struct evidence evidence;

    const char *path; /* the question */

    /* The observation. STATUS_NOT_FOUND: the file holds none of these keys or variables. */
    struct setup_text exchange_path; /* ExchangeInstallPath */
    struct setup_text msi_path_14;   /* MsiInstallPath of Exchange 2010 */
    struct setup_text msi_path_15;   /* of 2013 and later */
    struct setup_text windows_path;  /* windir or SystemRoot of the environment, SystemRoot of
                                        CurrentVersion: the first that has no variable */
    struct windows_install now;      /* all NULL and 0 where not told */
    bool knows_upgrades;             /* SYSTEM\Setup is there as a whole */
    const struct windows_install *upgrades; /* the Windows before, the latest upgrade's last where
                                               dates tell, else as in the file */
    size_t upgrade_count;
    const char *computer; /* that this is of, where it tells; or NULL */
};

extern const struct evidence_kind evidence_windows_setup;

#endif
