// The examinations of spillway doctor. Each adds its findings; none changes anything but probes of
// its own, which it removes.
#pragma once

#include <string>
#include <vector>

#include "cli/findings.h"
#include "cli/settings.h"
#include "spillway/deadline.h"

namespace spillway {

/// Where credentials come from and whose they are. False: there are none to go on with.
bool examine_identity(const Settings& settings, Findings& findings, Deadline deadline);
/// Bucket, clock, permissions, versioning, lifecycle, CORS. False: the bucket cannot be used.
bool examine_bucket(const Settings& settings, const std::vector<std::string>& viewer_origins,
                    Findings& findings, Deadline deadline);
/// Tables, the ledger and every permission on it. False: they cannot be used, or are not made yet.
bool examine_tables(const Settings& settings, Findings& findings, Deadline deadline);
/// Saves a message whose artifact spills, reads it back, removes it.
void examine_round_trip(const Settings& settings, Findings& findings, Deadline deadline);

}  // namespace spillway
