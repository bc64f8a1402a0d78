// An object store that cannot take anything, for the selftest of what then happens.
#pragma once

#include <memory>

#include "object/object_store.h"

namespace spillway {

/// Passes every call on to `inner` but put, which is unavailable. Thread-safe as `inner` is.
std::unique_ptr<ObjectStore> refusing_store(std::unique_ptr<ObjectStore> inner);

}  // namespace spillway
