/* The features of Windows of the machine at hand, as Server Manager noted them in its registry. */
#ifndef EXDIAG_GATHER_MACHINE_FEATURES_H
#define EXDIAG_GATHER_MACHINE_FEATURES_H

#include "diag/read/windows_feature.h"

/*
 * In `arena`. Server 2012 and later keep what Get-WindowsFeature last saw below ServerManager\
 * ServicingStorage\ServerComponentCache: InstallState 1 is installed, 0 is not (Microsoft's own
 * guides read it so); of any other number nothing is known, and what is not there is not taken for
 * a feature that this Windows lacks. A feature that dism has changed since may be noted as it was.
 * Windows' own interfaces for features need an administrator, or start a service that takes
 * minutes: they are left to Get-WindowsFeature, whose output --file takes.
 *
 * STATUS_NOT_FOUND: nothing is noted (Server 2008 R2); STATUS_DENIED; STATUS_NOT_SUPPORTED where
 * this is not Windows. `reason` then says what would tell.
 */
enum status machine_features_read(const char *machine, struct arena *arena,
                                  struct windows_feature_list *out, const char **reason);

#endif
