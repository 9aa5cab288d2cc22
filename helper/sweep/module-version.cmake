# SPDX-License-Identifier: GPL-2.0-only
#
# Write module-version.cc; run at build time, whenever a source of the module changes:
#
#   cmake -DOUT=FILE -DROOT=FOLDER -DVERSION=... -DNS3=... -DFILES=a.cc,b.h -P module-version.cmake

string(REPLACE "," ";" files "${FILES}")
set(hashes)
foreach(file ${files})
  file(SHA256 ${ROOT}/${file} hash)
  string(APPEND hashes "${file} ${hash}\n")
endforeach()
string(SHA256 hash "${hashes}")
string(SUBSTRING ${hash} 0 12 hash)

set(commit unknown)
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS ${ROOT}/.git)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=12 --exclude=*
    WORKING_DIRECTORY ${ROOT}
    OUTPUT_VARIABLE described
    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE
  )
  if(described)
    set(commit ${described})
  endif()
endif()

file(
  WRITE ${OUT}
  "// Written by helper/sweep/module-version.cmake

#include \"ns3/module-version.h\"

namespace ns3
{

std::string
GetModuleVersion()
{
    return \"${VERSION} (sources ${hash})\";
}

std::string
GetModuleCommit()
{
    return \"${commit}\";
}

std::string
GetNs3Version()
{
    return \"${NS3}\";
}

} // namespace ns3
"
)
