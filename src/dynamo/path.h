// Document paths inside this module: what lies at one, and whether two collide. Pure.
#pragma once

#include <string>

#include "dynamo/expression.h"

namespace spillway {

/// What `path` leads to: nullptr when there is nothing. Code::internal when it leads into a Spilled
/// value: the caller had to hydrate first.
Result<const AttributeValue*> look_up(const Item& item, const Path& path);

/// The error of whoever would have to look into a Spilled value.
Error not_hydrated(const std::string& subject);

/// "[a, [3], b]", as DynamoDB's error texts show a path.
std::string bracketed(const Path& path);

/// DynamoDB's complaint about two paths of which one contains the other ("overlap") or which see
/// the same value as a map and as a list ("conflict"); empty when there is none.
std::string collision(const Path& one, const Path& two);

}  // namespace spillway
