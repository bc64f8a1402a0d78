// Whose objects these are: the object "<root>/identity" names the ledger's table by the id that the
// item store gave it. A copy of the tables (a restore to a point in time) has another id, and must
// not reclaim what the original still uses.
#pragma once

#include "hybrid/core.h"

namespace spillway {

inline constexpr const char* sweep_op = "sweep";

/// Writes the identity if there is none. permission_denied, of `op`, when it is another store's. ok
/// where tables have no ids: such a store is a directory that one process owns.
Result<void> check_identity(Core& core, Deadline deadline, const char* op = sweep_op);

/// Once a process, before the first upload: writes the identity if there is none, so that no copy
/// can be taken for the owner later. permission_denied when the objects are another store's: its
/// sweep would remove what is uploaded here. Where it cannot be asked nothing is uploaded either.
Result<void> check_may_upload(Core& core, Deadline deadline);

/// Is it the error of check_may_upload() that says whose the objects are?
bool is_not_owner(const Error& error);

/// Puts this store's identity in the place of another's.
Result<void> replace_identity(Core& core, Deadline deadline);

}  // namespace spillway
