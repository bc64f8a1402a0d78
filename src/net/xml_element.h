// The one thing that is read of STS's XML.
#pragma once

#include <string>
#include <string_view>

namespace spillway {

/// The text of the first <name> element, or empty. STS's values hold no entities.
std::string xml_element(std::string_view xml, const std::string& name);

}  // namespace spillway
