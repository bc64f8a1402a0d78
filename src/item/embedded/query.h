// Pages of Query and Scan.
#pragma once

#include "item/embedded/readers.h"

namespace spillway {

/// One page, as ItemStore::query promises. A damaged row ends the page before it; when it would
/// come first the error (corrupt) names its key, so that a caller can step over it.
Result<QueryPage> read_page(const Table& table, const QueryRequest& request, Readers& readers,
                            Deadline deadline);

}  // namespace spillway
