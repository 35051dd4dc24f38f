/* A directory service of a test: users from /etc/campus, in the format of
 * passwd(5), which does not answer while there is /etc/campus.down. */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum nss_status find(const char *name, uid_t uid, struct passwd *pwd,
                            char *buffer, size_t size, int *error)
{
	struct passwd *found;
	FILE *file;

	if (access("/etc/campus.down", F_OK) == 0 || !(file = fopen("/etc/campus", "re"))) {
		*error = ENOENT;
		return NSS_STATUS_UNAVAIL;
	}
	while (fgetpwent_r(file, pwd, buffer, size, &found) == 0)
		if (name ? strcmp(found->pw_name, name) == 0 : found->pw_uid == uid) {
			fclose(file);
			return NSS_STATUS_SUCCESS;
		}
	fclose(file);
	*error = ENOENT;
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_campus_getpwnam_r(const char *name, struct passwd *pwd,
                                       char *buffer, size_t size, int *error)
{
	return find(name, 0, pwd, buffer, size, error);
}

enum nss_status _nss_campus_getpwuid_r(uid_t uid, struct passwd *pwd,
                                       char *buffer, size_t size, int *error)
{
	return find(NULL, uid, pwd, buffer, size, error);
}
