// Whose objects these are: the object "<root>/identity" names the ledger's table by the id that the
// item store gave it. A copy of the tables (a restore to a point in time) has another id, and must
// not reclaim what the original still uses.
#pragma once

#include "hybrid/core.h"

namespace spillway {

/// Writes the identity if there is none. permission_denied when it is another store's. ok where
/// tables have no ids: such a store is a directory that one process owns.
Result<void> check_identity(Core& core, Deadline deadline);

/// Puts this store's identity in the place of another's.
Result<void> replace_identity(Core& core, Deadline deadline);

}  // namespace spillway
