/* `exdiag explain build`: how a build is seen, and what it tells. */
#include "diag/probe.h"

static const struct paragraph paragraphs[] = {
    {"what a build number is",
     "15.2.1544.14: version (15.2: Exchange 2019, and Subscription Edition from 15.2.2562 on), level "
     "(1544: CU14) and update (14: Nov24SUv2). 15.0 is 2013, 15.1 is 2016. In 2010 (14) and 2007 "
     "(8) the second part is the service pack, and the third the update rollup.\n"
     "Of the documented case: 15.0.847.32 is 2013 SP1, 14.3.181.6 is 2010 SP3 UR5, 8.3.348.2 is "
     "2007 SP3 UR13."},
    {"where it is seen, and how much it tells",
     "Level and update: the file version of ExSetup.exe on the server, which is the reference (the "
     "file itself, or what PowerShell prints of it, given with --file HOST=PATH; no other file of "
     "Exchange is sure to be replaced by every update); "
     "X-OWA-Version of the web server (nobody has to log on); ServerVersionInfo of EWS; the "
     "manifest of the eDiscovery export tool; the greeting of Exchange 4.0 to 5.5 at port 25, as "
     "5.0.1458.49 of 5.0 SP1.\n"
     "The level alone: /owa/auth/15.2.1544/ in the logon page, serialNumber and versionNumber in "
     "the directory, AdminDisplayVersion of Get-ExchangeServer, the registry, customMetadata in "
     "applicationHost.config, #Version of logs; ServerVersion of Autodiscover too, which is not "
     "asked for. All of these are lower bounds: a server that looks up to date by these may lack "
     "every security update.\n"
     "Nothing: 15.0.0.0 in the head of a log.\n"
     "Files that do not say whose they are count as one server's where they lie in one folder, and "
     "nothing in it contradicts that: keep a folder for each server."},
    {"traps", "The directory adds 30,000: \"Version 15.1 (Build 32507.6)\" is 15.1.2507.6.\n"
              "Files are padded: 15.02.1544.014 is 15.2.1544.14.\n"
              "The greeting of Exchange 2000 and 2003 (\"Microsoft ESMTP MAIL Service, Version: "
              "6.0.3790.4675\") has the number of Windows' SMTP service. Since 2007 it has none.\n"
              "A balancer shows the server that it has just chosen, and a front end itself."},
    {"how it is judged",
     "By a table of builds with a day of its own (diag/builds/exchange.txt); --builds FILE brings a "
     "newer one. Support is judged by the day of the run. A table older than 90 days, or of a "
     "day after the run, can say that something is behind, and never that it is up to date: that "
     "is unknown then.\n"
     "A build without a row is never taken for its neighbour: the nearest one below is named as "
     "that, and nothing is said to be right.\n"
     "Of a level that still gets the same updates as the newest, and of hotfixes alone, it is told "
     "as information.\n"
     "What came out after a product's last day of support is for customers of Microsoft's Extended "
     "Security Update program alone: a server that lacks nothing else is told of as information "
     "too, beside the warning that its support has ended."},
    {"order of updating",
     "Servers that the Internet reaches first, one after another, each put into maintenance; then "
     "the members of a DAG in a row. First the newest level, then the newest update for it: each "
     "holds all earlier ones. Schema and levels cannot be taken back."},
    {NULL, NULL}};

static const struct reference references[] = {
    {"Microsoft Learn: Exchange Server build numbers and release dates",
     "https://learn.microsoft.com/en-us/exchange/new-features/build-numbers-and-release-dates"},
    {"KB Q182821: a greeting with the build of Exchange 5.0", NULL},
    {NULL, NULL}};

const struct topic topic_build = {.name = "build",
                                  .title = "builds of Exchange: what runs, and what it lacks",
                                  .paragraphs = paragraphs,
                                  .references = references};
